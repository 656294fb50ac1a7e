import { render, setMedia } from '../../testing/render.ts';
import '../../testing/window-events.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { t } from '../../i18n/index.ts';
import { Attachments } from '../state/attachments.ts';
import { draft, keepDraft, storeDraft } from '../state/draft.ts';
import type { LibraryEntry } from '../state/prompt-library.ts';
import { Composer } from './composer.tsx';

const prompts: readonly LibraryEntry[] = [
  { name: 'summarise', text: 'A summary', action: 'summarise' },
  { name: 'explain', text: 'Explain this.' },
  { name: 'facts', text: 'List the facts.' },
];

const handlers = () => ({
  onPage: vi.fn(),
  onSummarise: vi.fn(),
  onSend: vi.fn<Props['onSend']>(async () => true),
  onStop: vi.fn(),
});

type Props = Parameters<typeof Composer>[0];

function show(change: Partial<Props> = {}) {
  const on = handlers();
  const props: Props = {
    placeholder: 'ask-anything',
    running: false,
    hasModel: true,
    page: undefined,
    prompts,
    context: undefined,
    attachments: new Attachments(),
    ...on,
    ...change,
  };
  const screen = render(<Composer {...props} />);
  const field = screen.get('textbox') as HTMLTextAreaElement;
  const selected = () =>
    screen.all('option').find((option) => option.getAttribute('aria-selected') === 'true')?.textContent;
  return { screen, on, field, selected, props };
}

beforeEach(() => setMedia('(pointer: fine)', true));
afterEach(() => setMedia('(pointer: fine)', false));

describe('sending a question', () => {
  it('sends the trimmed text by Enter or by the button, and empties the field', async () => {
    const { screen, on, field } = show();
    await screen.type(field, ' Why? ');
    await screen.press('Enter');
    expect(field.value).toBe('');
    await screen.fill(field, 'How?');
    await screen.click(screen.get('button', t('send')));
    expect(on.onSend.mock.calls).toEqual([
      ['Why?', []],
      ['How?', []],
    ]);
  });

  it('breaks the line by Shift+Enter, and ignores Enter of an input method', async () => {
    const { screen, on, field } = show();
    await screen.type(field, 'One');
    await screen.press('Enter', { shift: true });
    expect(field.value).toBe('One\n');
    await screen.press('Enter', { composing: true });
    expect(on.onSend).not.toHaveBeenCalled();
  });

  it('needs a text and a model', async () => {
    const { screen, on, field, props } = show();
    const button = screen.get('button', t('send'));
    expect(button.hasAttribute('disabled')).toBe(true);
    await screen.fill(field, '  ');
    expect(button.hasAttribute('disabled')).toBe(true);
    await screen.press('Enter');
    screen.rerender(<Composer {...props} hasModel={false} />);
    await screen.fill(field, 'Why?');
    expect(button.hasAttribute('disabled')).toBe(true);
    await screen.press('Enter');
    expect(on.onSend).not.toHaveBeenCalled();
    expect(field.value).toBe('Why?');
  });

  it('stops a running answer instead, and keeps what is typed', async () => {
    const { screen, on, field } = show({ running: true });
    expect(screen.query('button', t('send'))).toBeUndefined();
    await screen.fill(field, 'Next');
    await screen.press('Enter');
    expect(on.onSend).not.toHaveBeenCalled();
    await screen.click(screen.get('button', t('stop')));
    expect(on.onStop).toHaveBeenCalledOnce();
    expect(field.value).toBe('Next');
  });
});

describe('the draft', () => {
  it('is stored while it is typed, and shown in the next popup', async () => {
    const { screen, field } = show();
    await screen.type(field, 'Why');
    expect(draft()).toBe('Why');
    screen.unmount();
    expect(show().field.value).toBe('Why');
  });

  it('stays stored until the question is accepted; then only later words are', async () => {
    let accept = (_accepted: boolean) => {};
    const { screen, field } = show({ onSend: () => new Promise((resolve) => (accept = resolve)) });
    await screen.fill(field, 'Why?');
    await screen.press('Enter');
    expect(field.value).toBe('');
    expect(draft()).toBe('Why?');
    await screen.type(field, 'Next');
    await screen.settled(() => accept(true));
    expect([field.value, draft()]).toEqual(['Next', 'Next']);
  });

  it('is in the field again, before later words, if the question was refused', async () => {
    let accept = (_accepted: boolean) => {};
    const { screen, field } = show({ onSend: () => new Promise((resolve) => (accept = resolve)) });
    await screen.fill(field, 'Why?');
    await screen.press('Enter');
    await screen.type(field, 'Next');
    await screen.settled(() => accept(false));
    expect([field.value, draft()]).toEqual(['Why?\nNext', 'Why?\nNext']);
  });

  it('is removed by an empty text', () => {
    keepDraft('x');
    storeDraft();
    keepDraft('');
    storeDraft();
    expect(localStorage.getItem('linnet:draft')).toBeNull();
  });
});

describe('the field', () => {
  it('has the focus where there is a mouse, and not on a phone', () => {
    const { field, screen } = show();
    expect(document.activeElement === field).toBe(true);
    screen.unmount();
    setMedia('(pointer: fine)', false);
    show();
    expect(document.activeElement === document.body).toBe(true);
  });

  it('grows with its text up to a limit', async () => {
    const { screen, field } = show();
    Object.assign(field, { scrollHeight: 58 });
    await screen.fill(field, 'One\nTwo');
    expect(field.style.blockSize).toBe('60px');
    Object.assign(field, { scrollHeight: 900 });
    await screen.fill(field, 'One\nTwo\nThree');
    expect(field.style.blockSize).toBe('160px');
  });

  it('has the direction of its text, and without text that of its placeholder', async () => {
    const { screen, field } = show();
    expect(field.hasAttribute('dir')).toBe(false);
    await screen.type(field, 'a');
    expect(field.getAttribute('dir')).toBe('auto');
  });
});

describe('the prompt menu', () => {
  it('opens by a slash, follows the letters, and puts the chosen prompt into the field', async () => {
    const { screen, field, selected } = show();
    await screen.type(field, '/');
    expect(screen.all('option')).toHaveLength(3);
    await screen.type(field, 'ex');
    expect(selected()).toContain('explain');
    expect(field.getAttribute('aria-controls')).toBe(screen.get('listbox').id);
    expect(field.getAttribute('aria-activedescendant')).toBe(screen.get('option').id);
    await screen.press('Enter');
    expect(field.value).toBe('Explain this.');
    expect(screen.query('listbox')).toBeUndefined();
    expect(field.hasAttribute('aria-activedescendant')).toBe(false);
  });

  it('moves in a circle by arrow keys, and chooses by Tab', async () => {
    const { screen, field, selected } = show();
    await screen.type(field, '/');
    await screen.press('ArrowUp');
    expect(selected()).toContain('facts');
    await screen.press('ArrowDown');
    await screen.press('ArrowDown');
    expect(selected()).toContain('explain');
    await screen.press('Tab');
    expect(field.value).toBe('Explain this.');
    expect(document.activeElement).toBe(field);
  });

  it('is closed by Escape until the text changes', async () => {
    const { screen, field, on } = show();
    await screen.type(field, '/');
    await screen.press('Escape');
    expect(screen.query('listbox')).toBeUndefined();
    await screen.type(field, 'f');
    expect(screen.all('option')).toHaveLength(1);
    expect(on.onSend).not.toHaveBeenCalled();
  });

  it('opens and closes by its button, and a prompt follows what is written', async () => {
    const { screen, field } = show();
    const button = screen.get('button', t('prompts-menu'));
    await screen.type(field, 'About birds:');
    await screen.click(button);
    expect(button.getAttribute('aria-expanded')).toBe('true');
    expect(document.activeElement).toBe(field);
    await screen.click(button);
    expect(screen.query('listbox')).toBeUndefined();
    await screen.click(button);
    await screen.click(screen.get('option', /facts/));
    expect(field.value).toBe('About birds:\nList the facts.');
    await screen.click(button);
    await screen.type(field, '!');
    expect(screen.query('listbox')).toBeUndefined();
  });

  it('starts a summary, and keeps the field as it was; not while an answer is running', async () => {
    const { screen, field, on, props } = show();
    await screen.fill(field, '/summarise');
    await screen.press('Enter');
    expect(on.onSummarise).toHaveBeenCalledOnce();
    expect(field.value).toBe('');
    screen.rerender(<Composer {...props} running />);
    await screen.fill(field, '/summarise');
    await screen.press('Enter');
    expect(on.onSummarise).toHaveBeenCalledOnce();
    expect(field.value).toBe('/summarise');
  });

  it('is not needed for a prompt whose whole name is typed', async () => {
    const { screen, field, on } = show();
    await screen.fill(field, '/explain');
    await screen.press('Escape');
    await screen.click(screen.get('button', t('send')));
    expect(field.value).toBe('Explain this.');
    expect(on.onSend).not.toHaveBeenCalled();
  });
});

describe('what a question is about', () => {
  const page = { title: 'The linnet', on: true, inFront: true };

  it('is shown as a chip, which can be removed and added again', async () => {
    const { screen, on, props } = show({ page });
    expect(screen.text()).toContain(`${t('about-page')}The linnet`);
    await screen.click(screen.get('button', t('about-page-remove')));
    screen.rerender(<Composer {...props} page={{ ...page, on: false }} />);
    await screen.click(screen.get('button', t('about-page-add')));
    expect(on.onPage.mock.calls).toEqual([[false], [true]]);
  });

  it('names another page than the one in front as such', () => {
    const { screen } = show({ page: { ...page, inFront: false }, onNewChat: () => {} });
    expect(screen.get('button', t('about-other-remove'))).toBeDefined();
    const without = show({ page: { ...page, title: '', on: false, inFront: false } });
    expect(without.screen.get('button', t('about-other-add'))).toBeDefined();
  });

  it('leads to a new conversation about the page in front', async () => {
    const onNewChat = vi.fn();
    const { screen } = show({ onNewChat });
    await screen.click(screen.get('button', t('new-chat-front')));
    expect(onNewChat).toHaveBeenCalledOnce();
    expect(show().screen.query('button', t('new-chat-front'))).toBeUndefined();
  });
});

describe('the context meter', () => {
  it('says how full the context is, and warns when it runs out', () => {
    const context = { used: 300, capacity: 400, part: 0.75, state: 'roomy' } as const;
    const { screen, props } = show({ context });
    const meter = screen.get('meter', t('context-meter'));
    expect(meter.getAttribute('aria-valuetext')).toMatch(/75%.*300.*400/);
    expect(screen.text()).not.toContain(t('context-nearly-full'));
    screen.rerender(<Composer {...props} context={{ ...context, state: 'nearly-full' }} />);
    expect(screen.text()).toContain(t('context-nearly-full'));
    screen.rerender(<Composer {...props} context={{ ...context, state: 'full' }} />);
    expect(screen.text()).toContain(t('context-full'));
  });
});
