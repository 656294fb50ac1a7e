import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { requestAccess, topicAccess } from '../protocol/edge/permissions.ts';
import type { RequestKind, ServerEvent, Topic, TopicKind } from '../protocol/requests.ts';
import type { Sender, SenderRole } from '../protocol/sender.ts';
import { fakeEngine, tinyModel } from '../testing/fake-engine.ts';
import { memoryStore } from './store/store-memory.ts';
import { sampleRequests } from '../testing/sample-requests.ts';
import { page, setUp, stepwise, style, TestClient } from '../testing/test-client.ts';

const SENDERS: Readonly<Record<SenderRole, Sender>> = {
  'own-page': { role: 'own-page', incognito: false },
  'web-page': {
    role: 'web-page',
    incognito: false,
    tab: 4,
    frame: 0,
    url: 'https://example.org/',
    document: 'D1',
  },
  unknown: { role: 'unknown', incognito: false, url: 'https://example.org/' },
};
const ROLES = Object.keys(SENDERS) as SenderRole[];
const KINDS = Object.keys(requestAccess) as RequestKind[];
const TOPICS = Object.keys(topicAccess) as TopicKind[];

/** A worker in which a person has done everything, and a client of each role. */
async function furnished() {
  const { worker, engine, store, viewer } = setUp();
  const started = await viewer.summarise({ page, style, tab: 3 });
  await viewer.watch(`conversation:${started.conversation}`);
  await viewer.over(started.job);
  await viewer.request('put-terms', {
    entries: [{ term: 'gate', translation: 'Tor', from: 'en', to: 'de' }],
  });
  const clients = Object.fromEntries(
    ROLES.map((role) => [role, new TestClient(worker, SENDERS[role])]),
  ) as Record<SenderRole, TestClient>;
  const ids = { job: started.job, conversation: started.conversation!, model: tinyModel.id };
  return { worker, engine, store, viewer, clients, ids };
}

/** The code of the refusal; undefined for a reply. */
const codeOf = (answer: Promise<unknown>): Promise<string | undefined> =>
  answer.then(
    () => undefined,
    (error: { code?: string }) => error.code ?? String(error),
  );

describe.each(ROLES)('the requests of %s', (role) => {
  let shared: Awaited<ReturnType<typeof furnished>>;
  beforeAll(async () => {
    shared = await furnished();
  });

  it.each(KINDS)('%s: as the table says', async (kind) => {
    // What a role may not ask for changes nothing, so these requests can share a worker.
    const alone = requestAccess[kind][role] === 'all';
    const { worker, clients, ids, viewer, engine } = alone ? await furnished() : shared;
    const before = await picture(viewer, ids.conversation);
    const reads = vi.spyOn(worker.models.imports, 'start').mockResolvedValue();
    const looks = vi.spyOn(engine, 'preview');
    const access = requestAccess[kind][role];
    const code = await codeOf(clients[role].request(kind, sampleRequests(ids)[kind]));
    if (access === 'all') {
      // A web page may watch, though none of these topics.
      const topicsRefused = role === 'web-page' && (kind === 'watch' || kind === 'resync');
      if (topicsRefused) expect(code).toBe('request-refused');
      else expect(code).not.toBe('request-refused');
      return;
    }
    // The job of the sample belongs to a page of the extension, so `own-jobs` refuses it too.
    expect(code).toBe('request-refused');
    expect(await picture(viewer, ids.conversation)).toEqual(before);
    expect([reads.mock.calls, looks.mock.calls]).toEqual([[], []]);
  });

  it.each(TOPICS)('%s: watched and asked for again as the table says', async (kind) => {
    const { clients, ids, viewer } = await furnished();
    const client = clients[role];
    const topic = (kind === 'job' || kind === 'conversation' ? `${kind}:${ids[kind]}` : kind) as Topic;
    const events: ServerEvent[] = [];
    client.onEvent = (event) => events.push(event);
    const allowed = topicAccess[kind][role] === 'all';
    const expected = allowed ? undefined : 'request-refused';
    expect(await codeOf(client.watch(topic))).toBe(expected);
    expect(await codeOf(client.request('resync', { topic }))).toBe(expected);
    // The first is the state at watching, the second that of the resync.
    expect(events).toHaveLength(allowed ? 2 : 0);
    await viewer.request('set-settings', { settings: { language: 'ja' } });
    await viewer.request('rename-conversation', { conversation: ids.conversation, title: 'Secret' });
    if (!allowed) expect(events).toEqual([]);
  });
});

/** What a person would miss. */
async function picture(viewer: TestClient, conversation: string) {
  return {
    list: await viewer.request('conversations', { limit: 100 }),
    transcript: await viewer.request('transcript', { conversation }),
    glossary: await viewer.request('glossary', {}),
    settings: await viewer.request('settings', {}),
  };
}

describe('the jobs of a web page', () => {
  const sender = SENDERS['web-page'];
  const { document: _, ...unnamed } = sender;
  const ask = { text: 'An open gate.', from: 'en', language: 'de' };
  let world: Awaited<ReturnType<typeof furnished>>;
  beforeEach(async () => {
    world = await furnished();
  });

  /** A translation under way that `who` has asked for. */
  async function translating(who: Sender) {
    const { worker, engine } = world;
    stepwise(engine);
    const client = new TestClient(worker, who);
    return { client, job: (await client.translate(ask)).job };
  }

  it('can be watched and stopped by the page, and name only missed terms of the glossary', async () => {
    const client = new TestClient(world.worker, sender);
    const { job } = await client.translate(ask);
    await client.watch(`job:${job}`);
    const over = await client.over(job, 'translation');
    expect(over).toMatchObject({ text: 'Answer B ends.', terms: [{ term: 'gate', kept: false }] });
    expect(JSON.stringify(over)).not.toContain('Tor');
    expect(Object.keys(over)).not.toContain('owner');
    await client.request('stop', { job });
  });

  it.each([
    ['another connection of the same document', sender, sender, true],
    ['the next document in the same frame', sender, { ...sender, document: 'D2' }, false],
    ['another frame', unnamed, { ...unnamed, frame: 1 }, false],
    ['another tab', unnamed, { ...unnamed, tab: 5 }, false],
    ['the same frame on another site', unnamed, { ...unnamed, url: 'https://example.com/' }, false],
    [
      'the same frame and site, documents unnamed',
      unnamed,
      { ...unnamed, url: 'https://example.org/2' },
      true,
    ],
    ['an unknown sender with the same facts', sender, { ...sender, role: 'unknown' }, false],
    ['a page of the extension', sender, SENDERS['own-page'], true],
  ] as const)('answer %s', async (_, owner, other, allowed) => {
    const { client, job } = await translating(owner);
    const second = new TestClient(world.worker, other as Sender);
    const expected = allowed ? undefined : 'request-refused';
    expect(await codeOf(second.watch(`job:${job}`))).toBe(expected);
    expect(second.jobs.has(job)).toBe(allowed);
    expect(await codeOf(second.request('stop', { job }))).toBe(expected);
    await client.watch(`job:${job}`);
    await client.request('stop', { job });
  });

  it('stay the page’s own after the worker starts again', async () => {
    const { client, job } = await translating(sender);
    client.close();
    const store = memoryStore();
    await store.saveJob((await world.store.job(job))!);
    const { worker } = setUp(fakeEngine(), store);
    const again = new TestClient(worker, sender);
    await again.watch(`job:${job}`);
    expect(again.jobs.get(job)?.progress.phase).toBe('interrupted');
    const other = new TestClient(worker, { ...sender, document: 'D2' });
    expect(await codeOf(other.watch(`job:${job}`))).toBe('request-refused');
  });

  it('are refused in the same words whether they are someone else’s or do not exist', async () => {
    const client = new TestClient(world.worker, sender);
    const answers = await Promise.all(
      [world.ids.job, 'no-such-job'].map((job) => client.request('stop', { job }).catch((e: unknown) => e)),
    );
    expect(answers[0]).toEqual(answers[1]);
  });

  it('do not keep the page from what else it watches', async () => {
    const client = new TestClient(world.worker, sender);
    const events: ServerEvent[] = [];
    client.onEvent = (event) => events.push(event);
    expect(await codeOf(client.watch('languages', 'job:gone'))).toBe('request-refused');
    expect(events.map(({ kind }) => kind)).toEqual(['languages']);
  });

  it('are bounded in number for each document', async () => {
    const { client } = await translating(sender);
    const codes = await Promise.all(Array.from({ length: 20 }, () => codeOf(client.translate(ask))));
    expect(codes.filter((code) => code === 'request-invalid')).toHaveLength(20 - 15);
    const other = new TestClient(world.worker, { ...sender, document: 'D2' });
    expect(await codeOf(other.translate(ask))).toBeUndefined();
  });
});
