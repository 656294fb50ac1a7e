import { render } from '../../testing/render.ts';
import { describe, expect, it, vi } from 'vitest';
import { languages, ownName } from '../../i18n/index.ts';
import { LanguageChoice } from './language-choice.tsx';

const handlers = () => ({ onFrom: vi.fn(), onTo: vi.fn(), onSwap: vi.fn() });
const chosenIn = (element: Element) => (element as HTMLSelectElement).value;

describe('the choice of languages', () => {
  it('lists every language in its own name, and reports what is chosen', async () => {
    const on = handlers();
    const screen = render(<LanguageChoice from="en" to="de" {...on} />);
    const [from, to] = screen.all('combobox');
    expect([chosenIn(from!), chosenIn(to!)]).toEqual(['en', 'de']);
    expect(to!.querySelectorAll('option')).toHaveLength(languages.length);
    await screen.choose(from!, ownName('fr'));
    await screen.choose(to!, ownName('es'));
    expect(on.onFrom.mock.calls).toEqual([['fr']]);
    expect(on.onTo.mock.calls).toEqual([['es']]);
    await screen.click(screen.get('button'));
    expect(on.onSwap).toHaveBeenCalledOnce();
  });

  it('cannot swap while the source language is unknown', () => {
    const screen = render(<LanguageChoice from={undefined} to="de" {...handlers()} />);
    expect(screen.get('button').hasAttribute('disabled')).toBe(true);
    const unknown = screen.all('combobox')[0]!.querySelector('option')!;
    expect(unknown.hasAttribute('disabled')).toBe(true);
    expect(unknown.value).toBe('');
  });

  it('shows a region as its language, and an unsupported language under its own name', () => {
    const screen = render(<LanguageChoice from="de-AT" to="de" {...handlers()} />);
    expect(chosenIn(screen.all('combobox')[0]!)).toBe('de');
    screen.rerender(<LanguageChoice from="en-GB" to="de" {...handlers()} />);
    expect(chosenIn(screen.all('combobox')[0]!)).toBe('en');
    screen.rerender(<LanguageChoice from="la" to="de" {...handlers()} />);
    const source = screen.all('combobox')[0]!;
    expect(chosenIn(source)).toBe('la');
    expect(source.querySelectorAll('option')).toHaveLength(languages.length + 1);
  });
});
