import { render } from '../../testing/render.ts';
import { describe, expect, it, vi } from 'vitest';
import { ownName, t } from '../../i18n/index.ts';
import { settings } from '../../testing/builders.ts';
import { SummaryChoices } from './summary-choices.tsx';

function show(change: Parameters<typeof settings>[0] = {}, shortcut: string | undefined = 'Alt+S') {
  const onSettings = vi.fn();
  const screen = render(
    <SummaryChoices settings={settings(change)} shortcut={shortcut} onSettings={onSettings} />,
  );
  return { screen, onSettings };
}

describe('the choices of a summary', () => {
  it('show the settings', () => {
    const { screen } = show({ style: { type: 'teaser', length: 'long' }, autoStart: false });
    const [type, language] = screen.all('combobox') as HTMLSelectElement[];
    expect(type!.value).toBe('teaser');
    expect(language!.value).toBe('');
    expect(screen.all('radio').map((radio) => (radio as HTMLInputElement).checked)).toEqual([
      false,
      false,
      true,
    ]);
    expect((screen.get('checkbox') as HTMLInputElement).checked).toBe(false);
  });

  it('change one setting each, and keep the rest of the style', async () => {
    const { screen, onSettings } = show();
    const [type, language] = screen.all('combobox');
    await screen.choose(type!, t('type-headline'));
    await screen.click(screen.get('radio', t('length-medium')));
    await screen.choose(language!, ownName('de'));
    await screen.click(screen.get('checkbox'));
    expect(onSettings.mock.calls.flat()).toEqual([
      { style: { type: 'headline', length: 'short' } },
      { style: { type: 'tldr', length: 'medium' } },
      { summaryLanguage: 'de' },
      { autoStart: false },
    ]);
  });

  it('name the shortcut, and have no check box without one', () => {
    expect(show().screen.get('checkbox', /Alt\+S/)).toBeDefined();
    const screen = render(
      <SummaryChoices settings={settings()} shortcut={undefined} onSettings={() => {}} />,
    );
    expect(screen.query('checkbox')).toBeUndefined();
  });
});
