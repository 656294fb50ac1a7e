import { render, setMedia } from '../../testing/render.ts';
import { fire } from '../../testing/window-events.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { t } from '../../i18n/index.ts';
import { Attachments, FIELD_LONGEST, LONG_PASTE } from '../state/attachments.ts';
import { DRAFT_LONGEST, storeDraft } from '../state/draft.ts';
import { Composer } from './composer.tsx';

type Props = Parameters<typeof Composer>[0];

function show(change: Partial<Props> = {}) {
  const props: Props = {
    placeholder: 'ask-anything',
    running: false,
    hasModel: true,
    page: undefined,
    prompts: [],
    context: undefined,
    attachments: new Attachments(),
    onPage() {},
    onSummarise() {},
    onSend: vi.fn<Props['onSend']>(async () => true),
    onStop() {},
    ...change,
  };
  const screen = render(<Composer {...props} />);
  return { screen, props, field: screen.get('textbox') as HTMLTextAreaElement };
}

beforeEach(() => {
  setMedia('(pointer: fine)', true);
  // Else a pause in typing, after which a draft is stored, could be that of a slow machine.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  setMedia('(pointer: fine)', false);
  vi.useRealTimers();
});

describe('what is stored of a draft', () => {
  afterEach(() => vi.restoreAllMocks());

  it('is written once typing pauses, not with each key, and when the page is hidden', async () => {
    const write = vi.spyOn(localStorage, 'setItem');
    const { screen, field } = show();
    await screen.type(field, 'Wh');
    expect(write).not.toHaveBeenCalled();
    await screen.settled(() => void document.dispatchEvent(new Event('visibilitychange')));
    expect(write.mock.calls).toEqual([['linnet:draft', 'Wh']]);
    await screen.type(field, 'y');
    screen.unmount();
    expect(write.mock.calls.at(-1)).toEqual(['linnet:draft', 'Why']);
  });

  it('is its beginning, which the composer says', async () => {
    const { screen, field } = show();
    for (let part = 0; part < 10; part++) await screen.fill(field, field.value + 'x'.repeat(LONG_PASTE / 2));
    expect(screen.text()).not.toContain('20,000');
    await screen.type(field, 'y');
    expect(screen.text()).toContain('20,000');
    storeDraft();
    expect(localStorage.getItem('linnet:draft')).toHaveLength(DRAFT_LONGEST);
  });

  it('is cut when it is read, should an earlier version have stored more', () => {
    localStorage.setItem('linnet:draft', 'x'.repeat(3_000_000));
    expect(show().field.value).toHaveLength(DRAFT_LONGEST);
  });
});

describe('a long text', () => {
  const log = 'a line of a log\n'.repeat(200_000);

  /** Fires the event of a paste; returns whether the field would take the text. */
  async function paste(
    screen: ReturnType<typeof render>,
    field: Element,
    text: string,
    files: readonly File[] = [],
  ) {
    const event = new Event('paste', { bubbles: true, cancelable: true });
    const getData = (type: string) => (type === 'text/plain' ? text : '');
    await screen.settled(() => {
      field.dispatchEvent(Object.assign(event, { clipboardData: { getData, files } }));
    });
    return !event.defaultPrevented;
  }

  it('is attached at once and never in the field, can be asked about, and is gone with the question', async () => {
    const { screen, field, props } = show();
    expect(await paste(screen, field, log)).toBe(false);
    expect(field.value).toBe('');
    expect(screen.names('listitem')).toHaveLength(1);
    expect(screen.text()).toContain('3.2 MB');
    expect(field.getAttribute('placeholder')).toBe(t('ask-about-attached'));
    await screen.type(field, 'What failed?');
    await screen.press('Enter');
    expect(props.onSend).toHaveBeenCalledWith('What failed?', [expect.objectContaining({ text: log })]);
    expect(props.attachments.list.value).toEqual([]);
  });

  it('stays where the question was refused', async () => {
    const { screen, field, props } = show({ onSend: async () => false });
    await paste(screen, field, log);
    await screen.fill(field, 'Why?');
    await screen.press('Enter');
    expect(props.attachments.list.value).toHaveLength(1);
    expect(field.value).toBe('Why?');
  });

  it('costs nothing while a question is typed: it is read by nobody and kept no second time', async () => {
    const write = vi.fn(async () => {});
    const attachments = new Attachments({ read: async () => [], write });
    const { screen, field } = show({ attachments });
    await paste(screen, field, log);
    const stored = vi.spyOn(localStorage, 'setItem');
    const [attached] = attachments.list.value;
    const read = vi.fn(() => log);
    Object.defineProperty(attached, 'text', { get: read });
    await screen.type(field, 'Why');
    storeDraft();
    expect(write).toHaveBeenCalledOnce();
    expect(stored.mock.calls).toEqual([['linnet:draft', 'Why']]);
    // Its length is asked for, once for each time it is drawn; it is in no element.
    expect(read.mock.calls.length).toBeLessThan(20);
    expect(screen.root.innerHTML.length).toBeLessThan(20_000);
    stored.mockRestore();
  });

  it('is removed by one press, and shows its beginning on request', async () => {
    const { screen, field, props } = show();
    await paste(screen, field, log);
    await screen.click(screen.get('button', new RegExp(`^${t('attached-paste')}`)));
    expect(screen.root.querySelector('.attachment-preview pre')!.textContent!.length).toBeLessThan(5000);
    expect(screen.query('button', t('attached-insert'))).toBeUndefined();
    await screen.click(screen.get('button', t('attached-remove', { name: t('attached-paste') })));
    expect(props.attachments.list.value).toEqual([]);
  });

  it('goes into the field after all where it fits', async () => {
    const { screen, field } = show();
    await screen.fill(field, 'About:');
    await paste(screen, field, 'y'.repeat(LONG_PASTE));
    await screen.click(screen.get('button', new RegExp(`^${t('attached-paste')}`)));
    await screen.click(screen.get('button', t('attached-insert')));
    expect(field.value).toBe(`About:\n${'y'.repeat(LONG_PASTE)}`);
    expect(screen.query('listitem')).toBeUndefined();
  });

  it('is attached by whatever way it comes in', async () => {
    const { screen, field, props } = show();
    const before = new Event('beforeinput', { bubbles: true, cancelable: true });
    await screen.settled(
      () => void field.dispatchEvent(Object.assign(before, { data: 'z'.repeat(LONG_PASTE) })),
    );
    expect(before.defaultPrevented).toBe(true);
    await screen.fill(field, 'ab');
    await screen.fill(field, `a${'y'.repeat(LONG_PASTE)}b`);
    expect(field.value).toBe('ab');
    expect(props.attachments.list.value.map(({ text }) => text.length)).toEqual([LONG_PASTE, LONG_PASTE]);
  });

  it('is one too many characters for the field, though each paste is short', async () => {
    const { screen, field, props } = show();
    await screen.fill(field, 'x'.repeat(LONG_PASTE - 1));
    for (let more = 0; more < 4; more++) await screen.fill(field, field.value + 'x'.repeat(LONG_PASTE - 1));
    expect(await paste(screen, field, 'x'.repeat(LONG_PASTE - 1))).toBe(false);
    expect(field.value.length).toBeLessThan(FIELD_LONGEST);
    expect(props.attachments.list.value).toHaveLength(1);
  });

  it('is left to the field where it is short', async () => {
    const { screen, field } = show();
    expect(await paste(screen, field, 'short')).toBe(true);
  });

  it('that is too long, too many or no text is refused with a sentence', async () => {
    const { screen, field } = show();
    await paste(screen, field, 'x'.repeat(8_000_001));
    expect(screen.get('status').textContent).toMatch(/too long.*8 MB/);
    await paste(screen, field, '', [new File(['x'], 'a.pdf')]);
    expect(screen.get('status').textContent).toBe(t('attach-not-text', { name: 'a.pdf' }));
    for (let each = 0; each < 9; each++) await paste(screen, field, log.slice(0, LONG_PASTE));
    expect(screen.get('status').textContent).toBe(t('attach-many', { n: 8 }));
    await screen.click(screen.all('button', /^Remove/)[0]!);
    expect(screen.get('status').textContent).toBe('');
  });

  it('is a file that is dropped anywhere on the page, which stays', async () => {
    const { screen, props } = show();
    const files = ['a.log', 'b.csv', 'c.json', 'd.md', 'e.txt'].map((name) => new File([`in ${name}`], name));
    let prevented = false;
    await screen.settled(async () => {
      prevented = !fire(window, 'drop', { dataTransfer: { types: ['Files'], files } });
      await vi.waitFor(() => expect(props.attachments.list.value).toHaveLength(files.length));
    });
    expect(prevented).toBe(true);
    expect(props.attachments.list.value.map(({ name, text }) => [name, text])).toEqual(
      files.map(({ name }) => [name, `in ${name}`]),
    );
  });

  it('comes back when a popup opens again', async () => {
    let kept: readonly { id: string; text: string }[] = [];
    const store = { read: async () => kept, write: async (texts: typeof kept) => void (kept = texts) };
    const { screen, field } = show({ attachments: new Attachments(store) });
    await paste(screen, field, log);
    const later = new Attachments(store);
    await later.restore();
    expect(later.list.value).toEqual(kept);
    expect(kept).toHaveLength(1);
  });
});
