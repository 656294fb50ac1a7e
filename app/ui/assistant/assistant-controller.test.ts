import { describe, expect, it, vi } from 'vitest';
import { type FakeEngine, fakeEngine } from '../../testing/fake-engine.ts';
import { page, setUp, stepwise } from '../../testing/test-client.ts';
import { createClient } from '../../protocol/client.ts';
import { pipe } from '../../testing/fake-pipe.ts';
import type { PendingSummary } from '../../browser/pending-summary.ts';
import type { PageText } from '../../protocol/types.ts';
import { memoryStore } from '../../worker/store/store-memory.ts';
import type { AssistantBrowser } from './assistant-browser.ts';
import { AssistantController } from './assistant-controller.ts';

const other: PageText = {
  ...page,
  url: 'https://example.org/wren',
  title: 'The wren',
  text: 'A wren is loud.',
};
const changed: PageText = { ...page, text: 'Today the linnet has a nest.' };

/** A browser with one tab, and a function that opens an assistant for it. */
function setUpBrowser(engine: FakeEngine = fakeEngine()) {
  const store = memoryStore();
  const { worker } = setUp(engine, store);
  const tab = { page, pending: undefined as PendingSummary['by'] | undefined };
  const browser = {
    get tab() {
      return { id: 1, url: tab.page.url };
    },
    readPage: async () => ({ page: tab.page, selection: '' }),
    takePendingSummary: async () => {
      const by = tab.pending;
      tab.pending = undefined;
      return by && { tab: 1, what: 'page', by };
    },
  } as unknown as AssistantBrowser;
  const open = async () => {
    const connection = pipe();
    const client = createClient({
      connect: () => {
        worker.server.accept(connection.server);
        return connection.client;
      },
      ensure: async () => {},
    });
    const controller = new AssistantController(client, browser);
    await controller.open();
    return controller;
  };
  return { tab, engine, open, store };
}

/** Waits until every answer of the conversation has ended. */
const over = (controller: AssistantController) =>
  vi.waitFor(() => {
    expect(controller.jobs.value.length).toBeGreaterThan(0);
    expect(controller.running.value).toBeUndefined();
  });

/** Gives an answer that should not come, or should change nothing, time to come. */
const meanwhile = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('a page that was summarised before', () => {
  it('is summarised by the shortcut only if its text has changed', async () => {
    const { tab, open } = setUpBrowser();
    const first = await open();
    await first.summarise();
    await over(first);

    tab.pending = 'shortcut';
    // The address of a section, as a click in a table of contents gives.
    tab.page = { ...page, url: `${page.url}#song` };
    const again = await open();
    expect(again.shown.value).toBe(first.shown.value);
    await meanwhile();
    expect(again.pageChanged.value).toBe(false);

    tab.pending = 'shortcut';
    tab.page = changed;
    const next = await open();
    expect(next.shown.value).not.toBe(first.shown.value);
    await over(next);
    await meanwhile();
    expect(next.pageChanged.value).toBe(false);
  });

  it('is marked as changed until it is summarised again', async () => {
    const { tab, open } = setUpBrowser();
    const first = await open();
    await first.summarise();
    await over(first);
    tab.page = changed;
    const again = await open();
    expect(again.shown.value).toBe(first.shown.value);
    await vi.waitFor(() => expect(again.pageChanged.value).toBe(true));
    const seen: [changed: boolean, shown: string | undefined][] = [];
    again.pageChanged.subscribe((isChanged) => void seen.push([isChanged, again.shown.peek()]));
    await again.summarise();
    await vi.waitFor(() => expect(again.pageChanged.value).toBe(false));
    const [before, after] = [first.shown.value, again.shown.value];
    expect(after).not.toBe(before);
    await meanwhile();
    expect(seen).toEqual([
      [true, before],
      [false, after],
    ]);
  });

  it('is summarised by the shortcut even after a question about it', async () => {
    const { tab, open } = setUpBrowser();
    const first = await open();
    await first.ask('Does it sing?');
    await over(first);
    tab.pending = 'shortcut';
    const again = await open();
    await vi.waitFor(() => expect(again.jobs.value[0]?.request.kind).toBe('summary'));
  });
});

describe('an answer that is made again', () => {
  it('does not bring back a conversation that the person has left meanwhile', async () => {
    const { open } = setUpBrowser();
    const controller = await open();
    await controller.summarise();
    await over(controller);
    const again = controller.regenerate(controller.jobs.value[0]!.id);
    controller.startNew();
    await again;
    expect(controller.shown.value).toBeUndefined();
  });
});

describe('an attached text', () => {
  it('is what the question is about, and those after it, until the user adds the page', async () => {
    const { open } = setUpBrowser();
    const controller = await open();
    await controller.summarise();
    await over(controller);
    controller.attachments.add('all is well', 'a.log');
    expect(controller.asksAboutPage).toBe(false);
    await controller.ask('What is in it?', controller.attachments.list.value);
    controller.attachments.remove(controller.attachments.list.value[0]!.id);
    await over(controller);
    expect(controller.jobs.value.at(-1)!.request).toMatchObject({
      alone: true,
      attached: [{ name: 'a.log', characters: 11 }],
    });
    expect(controller.asksAboutPage).toBe(false);
    controller.aboutPage.value = true;
    await controller.ask('And the page?');
    await over(controller);
    expect(controller.jobs.value.at(-1)!.request).not.toHaveProperty('alone', true);
    controller.startNew();
    expect(controller.asksAboutPage).toBe(true);
  });
});

describe('the page in front', () => {
  it('is compared with the page of the conversation', async () => {
    const { tab, open } = setUpBrowser();
    const controller = await open();
    await controller.ask('Does it sing?');
    await over(controller);
    expect(controller.pageInFront.value).toBe('same');
    tab.page = other;
    await controller.tabChanged();
    expect(controller.pageInFront.value).toBe('other');
    controller.startNew();
    expect(controller.pageInFront.value).toBe('same');
  });
});

describe('recent conversations', () => {
  it('follow changes of other pages, and a deleted conversation is not shown any more', async () => {
    const { open } = setUpBrowser();
    const controller = await open();
    const other = await open();
    expect(other.recent.value).toEqual([]);
    await controller.ask('Does it sing?');
    await vi.waitFor(() => expect(other.recent.value).toMatchObject([{ title: 'Does it sing?' }]));
    const id = controller.shown.value!;
    await other.chats.rename(id, 'Songs');
    await vi.waitFor(() => expect(other.recent.value).toMatchObject([{ title: 'Songs' }]));
    await over(controller);
    await other.request('delete-conversation', { conversation: id });
    await vi.waitFor(() => expect(controller.shown.value).toBeUndefined());
    await vi.waitFor(() => expect(other.recent.value).toEqual([]));

    await controller.ask('Once more?');
    await over(controller);
    await other.request('erase', { models: false });
    await vi.waitFor(() => expect(controller.shown.value).toBeUndefined());
  });

  it('deleting another conversation leaves the shown one open', async () => {
    const { open } = setUpBrowser();
    const controller = await open();
    await controller.ask('Does it sing?');
    await over(controller);
    const first = controller.worker.conversation.value!;
    controller.startNew();
    await controller.ask('Does it fly?');
    await over(controller);
    const second = controller.worker.conversation.value!;
    expect(second.id).not.toBe(first.id);
    await controller.chats.remove(first);
    expect(controller.shown.value).toBe(second.id);
    await controller.chats.remove(second);
    expect(controller.shown.value).toBeUndefined();
  });

  it('are marked as lost at a restart if the store cannot keep them', async () => {
    const { open, store } = setUpBrowser();
    const controller = await open();
    await vi.waitFor(() => expect(controller.worker.persistent.value).toBe(false));
    Object.assign(store, { lasting: true });
    const next = await open();
    await vi.waitFor(() => expect(next.worker.persistent.value).toBe(true));
  });
});

describe('a question', () => {
  it('reports that it was refused, also as an edit', async () => {
    const { open, store } = setUpBrowser();
    const controller = await open();
    expect(await controller.ask('Does it sing?')).toBe(true);
    await over(controller);
    store.saveConversation = async () => {
      throw new DOMException('no room', 'QuotaExceededError');
    };
    expect(await controller.ask('And?')).toBe(false);
    expect(controller.failure.value?.code).toBe('store-full');
    expect(await controller.edit(controller.jobs.value[0]!.id, 'Does it?')).toBe(false);
  });

  it('replaces a later, running one when it is edited', async () => {
    const { open, engine } = setUpBrowser();
    const controller = await open();
    await controller.ask('One');
    await over(controller);
    const answer = stepwise(engine);
    await controller.ask('Two');
    await vi.waitFor(() => expect(controller.running.value?.progress.phase).toBe('writing'));
    await controller.edit(controller.jobs.value[0]!.id, 'One, in other words');
    await vi.waitFor(() => expect(controller.jobs.value).toHaveLength(1));
    answer.go();
    await over(controller);
    expect(controller.jobs.value[0]).toMatchObject({ progress: { phase: 'done' }, text: 'Answer C ends.' });
  });
});

describe('the list of conversations', () => {
  it('knows whether there are more than it shows', async () => {
    const { open, store } = setUpBrowser();
    const add = (n: number) =>
      store.saveConversation({ id: `${n}`, title: `Chat ${n}`, jobs: [], createdAt: n, updatedAt: n });
    for (let n = 0; n < 40; n++) await add(n);
    const { chats, ...controller } = await open();
    const stop = chats.watch();
    await vi.waitFor(() => expect(chats.list.value).toHaveLength(40));
    expect(chats.hasMore.value).toBe(false);
    await add(40);
    controller.worker.listChanges.value++;
    await vi.waitFor(() => expect(chats.hasMore.value).toBe(true));
    expect(chats.list.value).toHaveLength(40);
    chats.showMore();
    await vi.waitFor(() => expect(chats.list.value).toHaveLength(41));
    stop();
  });

  it('searches once typing pauses, for the last query', async () => {
    const { open, store } = setUpBrowser();
    for (const id of ['Wren', 'Linnet']) {
      await store.saveConversation({ id, title: id, jobs: [], createdAt: 1, updatedAt: 1 });
    }
    const searched = vi.spyOn(store, 'conversations');
    const { chats } = await open();
    const stop = chats.watch();
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
