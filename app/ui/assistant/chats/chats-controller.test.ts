import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UNDO_MS } from '../../../protocol/requests.ts';
import { chatJob, conversation } from '../../../testing/builders.ts';
import { saveFile } from '../../files/save-file.ts';
import { ChatsController, type ChatsControllerOptions } from './chats-controller.ts';

vi.mock('../../files/save-file.ts', () => ({ saveFile: vi.fn() }));

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** `answer`: what the worker answers to a request; it refuses where this throws. */
function setUp(answer: (kind: string, send: { find?: string }) => unknown = () => []) {
  const request = vi.fn(async (kind: string, send: object) => {
    const given = await answer(kind, send);
    return kind === 'search-conversations' && Array.isArray(given) ? { found: given, done: true } : given;
  });
  const onDeleted = vi.fn();
  const chats = new ChatsController({
    client: { request } as unknown as ChatsControllerOptions['client'],
    worker: { listChanges: signal(0) },
    attempt: (work) => work().catch(() => {}),
    isPrivate: () => false,
    onDeleted,
  });
  const searches = () => request.mock.calls.map(([, send]) => (send as { find?: string }).find ?? '');
  return { chats, request, onDeleted, searches };
}

describe('searching', () => {
  it('waits until typing pauses, and lists everything at once for an empty query', async () => {
    const { chats, searches } = setUp();
    chats.watch();
    await vi.advanceTimersByTimeAsync(0);
    chats.search('li');
    await vi.advanceTimersByTimeAsync(149);
    chats.search('linnet');
    await vi.advanceTimersByTimeAsync(149);
    expect(searches()).toEqual(['']);
    expect(chats.query.value).toBe('linnet');
    await vi.advanceTimersByTimeAsync(1);
    expect(searches()).toEqual(['', 'linnet']);
    chats.search('');
    await vi.advanceTimersByTimeAsync(0);
    expect(searches()).toEqual(['', 'linnet', '']);
  });

  it('runs one search at a time, then only the last one, and drops an outdated answer', async () => {
    const answers: ((list: unknown) => void)[] = [];
    const { chats, searches } = setUp(() => new Promise((resolve) => answers.push(resolve)));
    chats.watch();
    for (const query of ['a', 'ab', 'abc']) {
      chats.search(query);
      await vi.advanceTimersByTimeAsync(200);
    }
    expect(searches()).toEqual(['']);
    answers[0]!([conversation({ id: 'old' })]);
    await vi.advanceTimersByTimeAsync(0);
    expect(searches()).toEqual(['', 'abc']);
    expect(chats.list.value).toBeUndefined();
    answers[1]!([conversation({ id: 'new' })]);
    await vi.advanceTimersByTimeAsync(0);
    expect(chats.list.value?.map(({ id }) => id)).toEqual(['new']);
  });

  it('shows what is found so far, and asks on until the search is done', async () => {
    const replies = [
      { found: [], done: false },
      { found: [conversation({ id: 'a' })], done: false },
      { found: [conversation({ id: 'a' }), conversation({ id: 'b' })], done: true },
    ];
    const go: (() => void)[] = [];
    const { chats, searches } = setUp((kind) =>
      kind === 'conversations' ? [] : new Promise((resolve) => go.push(() => resolve(replies.shift()))),
    );
    const shown = () => [chats.list.value?.map(({ id }) => id), chats.searching.value];
    chats.watch();
    chats.search('linnet');
    await vi.advanceTimersByTimeAsync(200);
    // Nothing was found yet, so what was listed before stays.
    go[0]!();
    await vi.advanceTimersByTimeAsync(0);
    expect(shown()).toEqual([[], true]);
    go[1]!();
    await vi.advanceTimersByTimeAsync(0);
    expect(shown()).toEqual([['a'], true]);
    go[2]!();
    await vi.advanceTimersByTimeAsync(0);
    expect(shown()).toEqual([['a', 'b'], false]);
    expect(searches()).toEqual(['', 'linnet', 'linnet', 'linnet']);
  });

  it('does not go on with a query that has changed', async () => {
    const { chats, searches } = setUp((kind, { find }) =>
      kind === 'conversations'
        ? []
        : new Promise((resolve) => setTimeout(() => resolve({ found: [], done: find !== 'linnet' }), 10)),
    );
    chats.watch();
    chats.search('linnet');
    await vi.advanceTimersByTimeAsync(200);
    expect(searches().length).toBeGreaterThan(3);
    chats.search('wren');
    await vi.advanceTimersByTimeAsync(200);
    const after = searches().length;
    await vi.advanceTimersByTimeAsync(200);
    expect(searches().at(-1)).toBe('wren');
    expect(searches()).toHaveLength(after);
  });

  it('ends with the watch', async () => {
    const { chats, searches } = setUp();
    chats.watch()();
    chats.search('linnet');
    await vi.advanceTimersByTimeAsync(200);
    expect(searches()).toEqual(['']);
  });
});

describe('deleting', () => {
  it('offers to undo for a limited time, and notifies the assistant', async () => {
    const { chats, onDeleted } = setUp();
    await chats.remove(conversation());
    expect(onDeleted.mock.calls).toEqual([['c']]);
    await vi.advanceTimersByTimeAsync(UNDO_MS - 1);
    expect(chats.deleted.value?.id).toBe('c');
    await vi.advanceTimersByTimeAsync(1);
    expect(chats.deleted.value).toBeUndefined();
  });

  it('gives the next deletion the whole time', async () => {
    const { chats } = setUp();
    await chats.remove(conversation());
    await vi.advanceTimersByTimeAsync(UNDO_MS - 1);
    await chats.remove(conversation({ id: 'd' }));
    await vi.advanceTimersByTimeAsync(UNDO_MS - 1);
    expect(chats.deleted.value?.id).toBe('d');
  });

  it('offers nothing if the worker refuses, and undoes nothing without an offer', async () => {
    const { chats, onDeleted, request } = setUp(() => {
      throw new Error('refused');
    });
    await chats.remove(conversation());
    expect(chats.deleted.value).toBeUndefined();
    expect(onDeleted).not.toHaveBeenCalled();
    await chats.undo();
    expect(request).toHaveBeenCalledTimes(1);
  });
});

describe('saving', () => {
  it.each([
    ['md', 'text/markdown', '# Small birds'],
    ['json', 'application/json', '"title": "Small birds"'],
  ] as const)('writes a conversation as %s', async (as, type, content) => {
    vi.mocked(saveFile).mockClear();
    const job = chatJob({ id: 'j', text: 'Yes.' });
    const { chats } = setUp(() => ({ conversation: conversation({ jobs: ['j'] }), jobs: [job] }));
    await chats.save('c', as);
    expect(saveFile).toHaveBeenCalledWith(`Small birds.${as}`, type, expect.stringContaining(content));
  });
});
