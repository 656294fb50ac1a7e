import { describe, expect, it, vi } from 'vitest';
import { type FakeEngine, fakeEngine } from '../../testing/fake-engine.ts';
import { page, setUp, stepwise } from '../../testing/test-client.ts';
import { createClient } from '../../protocol/client.ts';
import { pipe } from '../../testing/fake-pipe.ts';
import type { PendingSummary } from '../../browser/pending-summary.ts';
import type { PageText } from '../../protocol/types.ts';
import { memoryStore } from '../../worker/store/store-memory.ts';
import { type AssistantBrowser, AssistantController } from './assistant-controller.ts';

const other: PageText = {
  ...page,
  url: 'https://example.org/wren',
  title: 'The wren',
  text: 'A wren is loud.',
};
const changed: PageText = { ...page, text: 'Today the linnet has a nest.' };

/** A browser with one tab, and pages of Linnet that are opened over it. */
function world(engine: FakeEngine = fakeEngine()) {
  const store = memoryStore();
  const { worker } = setUp(engine, store);
  const browser = { page, start: undefined as PendingSummary['by'] | undefined };
  const outside = {
    get tab() {
      return { id: 1, url: browser.page.url };
    },
    readPage: async () => ({ page: browser.page, selection: '' }),
    takeStart: async () => {
      const by = browser.start;
      browser.start = undefined;
      return by && { tab: 1, what: 'page', by };
    },
  } as unknown as AssistantBrowser;
  const open = async () => {
    const line = pipe();
    const client = createClient({
      connect: () => {
        worker.server.accept(line.server);
        return line.client;
      },
      ensure: async () => {},
    });
    const state = new AssistantController(client, outside);
    await state.open();
    return state;
  };
  return { browser, engine, open, store };
}

const over = (state: AssistantController) =>
  vi.waitFor(() => {
    expect(state.jobs.value.length).toBeGreaterThan(0);
    expect(state.running.value).toBeUndefined();
  });

/** Time for an answer that ought not to come, or to change nothing. */
const meanwhile = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('a page that was summarised before', () => {
  it('is summarised by the shortcut only if it says something new', async () => {
    const { browser, open } = world();
    const first = await open();
    await first.summarise();
    await over(first);

    browser.start = 'shortcut';
    // A place in the page, as a click in its table of contents gives.
    browser.page = { ...page, url: `${page.url}#song` };
    const again = await open();
    expect(again.shown.value).toBe(first.shown.value);
    await meanwhile();
    expect(again.changed.value).toBe(false);

    browser.start = 'shortcut';
    browser.page = changed;
    const next = await open();
    expect(next.shown.value).not.toBe(first.shown.value);
    await over(next);
    await meanwhile();
    expect(next.changed.value).toBe(false);
  });

  it('tells that it has changed, until it is summarised again', async () => {
    const { browser, open } = world();
    const first = await open();
    await first.summarise();
    await over(first);
    browser.page = changed;
    const again = await open();
    expect(again.shown.value).toBe(first.shown.value);
    await vi.waitFor(() => expect(again.changed.value).toBe(true));
    // What is shown each time that this is told or no longer told.
    const told: [changed: boolean, shown: string | undefined][] = [];
    again.changed.subscribe((is) => void told.push([is, again.shown.peek()]));
    await again.summarise();
    await vi.waitFor(() => expect(again.changed.value).toBe(false));
    const [before, after] = [first.shown.value, again.shown.value];
    expect(after).not.toBe(before);
    await meanwhile();
    expect(told).toEqual([
      [true, before],
      [false, after],
    ]);
  });

  it('is summarised by the shortcut though something was asked about it', async () => {
    const { browser, open } = world();
    const first = await open();
    await first.ask('Does it sing?');
    await over(first);
    browser.start = 'shortcut';
    const again = await open();
    await vi.waitFor(() => expect(again.jobs.value[0]?.request.kind).toBe('summary'));
  });
});

describe('the page in front', () => {
  it('is told from that of the conversation', async () => {
    const { browser, open } = world();
    const state = await open();
    await state.ask('Does it sing?');
    await over(state);
    expect(state.front.value).toBe('same');
    browser.page = other;
    await state.tabChanged();
    expect(state.front.value).toBe('other');
    state.startAnew();
    expect(state.front.value).toBe('same');
  });
});

describe('what was done lately', () => {
  it('follows what other pages of Linnet do, and a deleted conversation is left', async () => {
    const { open } = world();
    const state = await open();
    const beside = await open();
    expect(beside.recent.value).toEqual([]);
    await state.ask('Does it sing?');
    await vi.waitFor(() => expect(beside.recent.value).toMatchObject([{ title: 'Does it sing?' }]));
    const id = state.shown.value!;
    await beside.chats.rename(id, 'Songs');
    await vi.waitFor(() => expect(beside.recent.value).toMatchObject([{ title: 'Songs' }]));
    await over(state);
    await beside.request('delete-conversation', { conversation: id });
    await vi.waitFor(() => expect(state.shown.value).toBeUndefined());
    await vi.waitFor(() => expect(beside.recent.value).toEqual([]));

    await state.ask('Once more?');
    await over(state);
    await beside.request('erase', { models: false });
    await vi.waitFor(() => expect(state.shown.value).toBeUndefined());
  });

  it('says where it is not kept', async () => {
    const { open, store } = world();
    const state = await open();
    await vi.waitFor(() => expect(state.worker.kept.value).toBe(false));
    Object.assign(store, { lasting: true });
    const kept = await open();
    await vi.waitFor(() => expect(kept.worker.kept.value).toBe(true));
  });
});

describe('a question', () => {
  it('that is refused is told of, also as an edit', async () => {
    const { open, store } = world();
    const state = await open();
    expect(await state.ask('Does it sing?')).toBe(true);
    await over(state);
    store.saveConversation = async () => {
      throw new DOMException('no room', 'QuotaExceededError');
    };
    expect(await state.ask('And?')).toBe(false);
    expect(state.failure.value?.code).toBe('store-full');
    expect(await state.edit(state.jobs.value[0]!.id, 'Does it?')).toBe(false);
  });

  it('that is edited while a later one is answered is the one that Stop ends', async () => {
    const { open, engine } = world();
    const state = await open();
    await state.ask('One');
    await over(state);
    const answer = stepwise(engine);
    await state.ask('Two');
    await vi.waitFor(() => expect(state.running.value?.status).toBe('writing'));
    await state.edit(state.jobs.value[0]!.id, 'One, in other words');
    await vi.waitFor(() => expect(state.jobs.value).toHaveLength(1));
    answer.go();
    await over(state);
    expect(state.jobs.value[0]).toMatchObject({ status: 'done', text: 'Answer 3 ends.' });
  });
});

describe('the list of conversations', () => {
  it('knows whether there are more than it shows', async () => {
    const { open, store } = world();
    const add = (n: number) =>
      store.saveConversation({ id: `${n}`, title: `Chat ${n}`, jobs: [], createdAt: n, updatedAt: n });
    for (let n = 0; n < 40; n++) await add(n);
    const { chats, ...state } = await open();
    const stop = chats.look();
    await vi.waitFor(() => expect(chats.list.value).toHaveLength(40));
    expect(chats.hasMore.value).toBe(false);
    await add(40);
    state.worker.listChanges.value++;
    await vi.waitFor(() => expect(chats.hasMore.value).toBe(true));
    expect(chats.list.value).toHaveLength(40);
    chats.more();
    await vi.waitFor(() => expect(chats.list.value).toHaveLength(41));
    stop();
  });

  it('is searched once typing pauses, for what was typed last', async () => {
    const { open, store } = world();
    for (const id of ['Wren', 'Linnet']) {
      await store.saveConversation({ id, title: id, jobs: [], createdAt: 1, updatedAt: 1 });
    }
    const searched = vi.spyOn(store, 'conversations');
    const { chats } = await open();
    const stop = chats.look();
    await vi.waitFor(() => expect(chats.list.value).toHaveLength(2));
    searched.mockClear();
    for (const typed of ['l', 'li', 'lin']) chats.search(typed);
    await vi.waitFor(() => expect(chats.list.value?.map(({ id }) => id)).toEqual(['Linnet']));
    expect(searched).toHaveBeenCalledTimes(1);
    chats.search('');
    await vi.waitFor(() => expect(chats.list.value).toHaveLength(2));
    stop();
  });
});
