import { render } from '../../testing/render.ts';
import { describe, expect, it, vi } from 'vitest';
import { t } from '../../i18n/index.ts';
import { conversation, conversationPage, pageText, settings, wireError } from '../../testing/builders.ts';
import type { PageReading } from '../../browser/messages/page-messages.ts';
import { Home } from './home.tsx';

type Props = Parameters<typeof Home>[0];
const read = (change: Partial<PageReading> = {}): Props['page'] => ({
  kind: 'read',
  reading: { page: pageText(), selection: '', ...change },
});

function show(change: Partial<Props> = {}) {
  const on = {
    onSummarise: vi.fn(),
    onSettings: vi.fn(),
    onTranslate: vi.fn(),
    onPrompt: vi.fn(),
    onResume: vi.fn(),
  };
  const props: Props = {
    page: read(),
    title: 'The linnet',
    ready: true,
    settings: settings(),
    hasModel: true,
    sends: false,
    recent: [],
    shortcut: undefined,
    children: 'Hint',
    ...on,
    ...change,
  };
  return { screen: render(<Home {...props} />), on };
}

describe('the home view', () => {
  it('has a button for each own prompt of the menu; one about the selection waits for it', async () => {
    const child = { name: 'for-a-child', text: 'Tell it to a child: {page}', inMenu: true } as const;
    const word = { name: 'word', text: 'What is {selection}?', inMenu: true } as const;
    const prompts = [child, word, { name: 'typed', text: 'Only after a slash.' }];
    const { screen, on } = show({ settings: settings({ prompts }) });
    expect((screen.get('button', 'word') as HTMLButtonElement).disabled).toBe(true);
    expect(screen.query('button', 'typed')).toBeUndefined();
    await screen.click(screen.get('button', 'for a child'));
    expect(on.onPrompt.mock.calls).toEqual([[child]]);
    const selected = show({ settings: settings({ prompts }), page: read({ selection: 'siskin' }) }).screen;
    expect((selected.get('button', 'word') as HTMLButtonElement).disabled).toBe(false);
  });

  it('offers a summary of the page, with its choices', async () => {
    const { screen, on } = show();
    expect(screen.text()).toContain('The linnet');
    await screen.click(screen.get('button', t('summarise')));
    expect(on.onSummarise.mock.calls).toEqual([['page']]);
    await screen.choose(screen.get('combobox', t('summarise-type')), t('type-teaser'));
    expect(on.onSettings).toHaveBeenCalledOnce();
    expect(screen.query('button', t('translate-selection'))).toBeUndefined();
    expect(screen.query('button', t('translate-written'))).toBeUndefined();
  });

  it('offers the selection, and the text written in the page', async () => {
    const { screen, on } = show({ page: read({ selection: 'It sings.', written: true }) });
    await screen.click(screen.get('button', t('summarise-selection')));
    expect(on.onSummarise.mock.calls).toEqual([['selection']]);
    await screen.click(screen.get('button', t('translate-selection')));
    await screen.click(screen.get('button', t('translate-page')));
    await screen.click(screen.get('button', t('translate-written')));
    expect(on.onTranslate.mock.calls).toEqual([[], ['page'], ['written']]);
  });

  it('says that a page whose text cannot be selected can be translated', () => {
    const { screen } = show({ page: read({ unselectable: true }) });
    expect(screen.text()).toContain(`${t('translate-page')} ${t('page-unselectable')}`);
    expect(show().screen.text()).not.toContain(t('page-unselectable'));
  });

  it('has only title and button until page and settings are known', () => {
    const { screen } = show({ ready: false, page: { kind: 'reading' }, recent: [conversation()] });
    expect(screen.text()).toBe(`The linnet ${t('summarise')}`);
  });

  it('explains how to use Linnet on a page if there is none', () => {
    const without = show({ page: { kind: 'none' }, title: undefined }).screen;
    expect(without.text()).toContain(t('no-page-touch'));
    expect(without.query('button', t('summarise'))).toBeUndefined();
    const { screen } = show({ page: { kind: 'none' }, title: undefined, shortcut: 'Alt+S' });
    expect(screen.text()).toContain('Alt+S');
  });

  it('says why a page cannot be read, and can translate one with little text', async () => {
    const refused = show({ page: { kind: 'failed', error: wireError({ code: 'page-restricted' }) } }).screen;
    expect(refused.get('alert').textContent).toContain(t('error-page-restricted'));
    expect(refused.query('button', t('translate-page'))).toBeUndefined();
    const { screen, on } = show({ page: { kind: 'failed', error: wireError({ code: 'page-empty' }) } });
    await screen.click(screen.get('button', t('translate-page')));
    expect(on.onTranslate.mock.calls).toEqual([['page']]);
  });

  it('lists recent conversations, also without a title', async () => {
    const recent = [conversation({ page: conversationPage }), conversation({ id: 'd', title: '' })];
    const { screen, on } = show({ recent });
    await screen.click(screen.get('button', 'Small birds'));
    await screen.click(screen.get('button', t('conversation')));
    expect(on.onResume.mock.calls).toEqual([['c'], ['d']]);
    expect(show().screen.query('heading', t('recent'))).toBeUndefined();
  });
});
