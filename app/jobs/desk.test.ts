import { describe, expect, it } from 'vitest';
import { LinnetError } from '../../engine/index.ts';
import type { ClientFrame, ServerChannel, ServerFrame } from '../protocol/frames.ts';
import {
  type Conversation,
  isOver,
  type Job,
  type Models,
  type PageText,
  type Reply,
  type RequestKind,
  type Send,
  type Topic,
} from '../protocol/types.ts';
import { memoryStore } from '../store/store-memory.ts';
import { Desk } from './desk.ts';
import { type FakeEngine, fakeEngine, tinyModel } from './fake-engine.ts';

const page: PageText = {
  url: 'https://example.org/linnet',
  title: 'The linnet',
  lang: 'en',
  dir: 'ltr',
  text: 'The linnet is a small finch. It sings.',
  source: 'readability',
};
const style = { type: 'tldr', length: 'short' } as const;

/** A page of Linnet: what it knows is built from events alone. */
class Viewer {
  readonly jobs = new Map<string, Job>();
  readonly deltas: string[] = [];
  conversation: Conversation | undefined;
  models: Models | undefined;
  private receive: (frame: ClientFrame) => void = () => {};
  private leave: () => void = () => {};
  private readonly waiting = new Map<number, (frame: ServerFrame) => void>();
  private id = 0;

  constructor(desk: Desk) {
    const channel: ServerChannel = {
      post: (frame) => this.hear(structuredClone(frame)),
      onMessage: (listener) => {
        this.receive = listener;
      },
      onClose: (listener) => {
        this.leave = listener;
      },
      close: () => {},
    };
    desk.server.accept(channel);
  }

  close(): void {
    this.leave();
  }

  private hear(frame: ServerFrame): void {
    if (frame.kind === 'reply' || frame.kind === 'refusal') this.waiting.get(frame.id)?.(frame);
    if (frame.kind !== 'event') return;
    const { event } = frame;
    if (event.kind === 'job') this.jobs.set(event.job.id, event.job);
    if (event.kind === 'models') this.models = event.models;
    if (event.kind === 'conversation') {
      this.conversation = event.conversation;
      for (const job of event.jobs) this.jobs.set(job.id, job);
    }
    if (event.kind === 'delta') {
      const job = this.jobs.get(event.job)!;
      this.deltas.push(event.text);
      this.jobs.set(event.job, { ...job, text: job.text.slice(0, event.at) + event.text });
    }
  }

  request<K extends RequestKind>(kind: K, send: Send<K>): Promise<Reply<K>> {
    const id = ++this.id;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, (frame) => {
        if (frame.kind === 'reply') resolve(frame.value as Reply<K>);
        if (frame.kind === 'refusal') reject(frame.error);
      });
      this.receive({ id, request: { kind, ...send } as ClientFrame['request'] });
    });
  }

  watch(...topics: Topic[]): Promise<null> {
    return this.request('watch', { topics });
  }

  async over(id: string): Promise<Job> {
    for (;;) {
      const job = this.jobs.get(id);
      if (job !== undefined && isOver(job.status)) return job;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}

function setUp(engine: FakeEngine = fakeEngine(), store = memoryStore()) {
  const desk = new Desk({ engine, store });
  return { desk, engine, store, viewer: new Viewer(desk) };
}

/** Answers stop after each token until `go` is called. */
function stepwise(engine: FakeEngine): { go(): void } {
  const waiting: (() => void)[] = [];
  let free = false;
  engine.pause = () => (free ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)));
  return {
    go() {
      free = true;
      for (const resume of waiting.splice(0)) resume();
    },
  };
}

const soon = (ms = 50) => new Promise((resolve) => setTimeout(resolve, ms));

describe('jobs', () => {
  it('summarises a page, greedily, with the page in the prompt', async () => {
    const { viewer, engine } = setUp();
    const { job, conversation } = await viewer.request('summarise', { page, style, tab: 3 });
    await viewer.watch(`conversation:${conversation}`);
    const done = await viewer.over(job);
    expect(done).toMatchObject({
      status: 'done',
      text: 'Answer 1 ends.',
      tokens: 3,
      tokensPerSecond: 7,
      model: 'Tiny',
    });
    expect(engine.asked[0]!.sampling).toEqual({ temperature: 0 });
    const prompt = await viewer.request('prompt', { job });
    expect(prompt[1]!.content).toContain('The linnet is a small finch.');
    expect(viewer.conversation).toMatchObject({ title: 'The linnet', page: { url: page.url, tab: 3 } });
    expect(viewer.conversation).not.toHaveProperty('material');
  });

  it('goes on when the popup closes, and gives the next one the text so far and the rest', async () => {
    const { desk, viewer, engine } = setUp();
    const answer = stepwise(engine);
    const { job, conversation } = await viewer.request('summarise', { page, style, tab: 3 });
    await viewer.watch(`conversation:${conversation}`);
    await soon();
    expect(viewer.jobs.get(job)).toMatchObject({ status: 'writing', text: 'Answer' });
    viewer.close();

    const again = new Viewer(desk);
    expect(await again.request('current', { tab: 3, url: page.url })).toEqual({ conversation });
    await again.watch(`conversation:${conversation}`);
    expect(again.jobs.get(job)).toMatchObject({ status: 'writing', text: 'Answer' });
    answer.go();
    expect((await again.over(job)).text).toBe('Answer 1 ends.');
  });

  it('stops at once and keeps what was written', async () => {
    const { viewer, engine } = setUp();
    const answer = stepwise(engine);
    const { job } = await viewer.request('translate', { text: 'Hello', language: 'de' });
    await viewer.watch(`job:${job}`);
    await soon();
    await viewer.request('stop', { job });
    answer.go();
    expect(await viewer.over(job)).toMatchObject({ status: 'stopped', text: 'Answer' });
  });

  it('stops a job that waits in line, without asking the model', async () => {
    const { viewer, engine } = setUp();
    const answer = stepwise(engine);
    const first = await viewer.request('translate', { text: 'One', language: 'de' });
    const second = await viewer.request('translate', { text: 'Two', language: 'de' });
    await viewer.watch(`job:${first.job}`, `job:${second.job}`);
    await viewer.request('stop', { job: second.job });
    answer.go();
    expect((await viewer.over(first.job)).status).toBe('done');
    expect((await viewer.over(second.job)).status).toBe('stopped');
    expect(engine.asked).toHaveLength(1);
  });

  it('chats in turns about the page of its conversation', async () => {
    const { viewer, engine } = setUp();
    const { job, conversation } = await viewer.request('summarise', { page, style });
    await viewer.watch(`conversation:${conversation}`);
    await viewer.over(job);
    const more = await viewer.request('chat', { text: 'Does it sing?', conversation: conversation! });
    await viewer.over(more.job);
    const prompt = await viewer.request('prompt', { job: more.job });
    expect(prompt.map((m) => m.role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(prompt[2]!.content).toBe('Answer 1 ends.');
    expect(prompt[3]!.content).toBe('Does it sing?');
    expect(engine.loads).toBe(1);
    expect(viewer.conversation?.jobs).toEqual([job, more.job]);
  });

  it('makes an answer anew with another seed, from the same prompt', async () => {
    const { viewer, engine } = setUp();
    const { job, conversation } = await viewer.request('summarise', { page, style });
    await viewer.watch(`conversation:${conversation}`);
    await viewer.over(job);
    expect(await viewer.request('regenerate', { job })).toEqual({ job, conversation });
    await soon();
    expect((await viewer.over(job)).text).toBe('Answer 2 ends.');
    expect(engine.asked[1]!.prompt).toEqual(engine.asked[0]!.prompt);
    expect(engine.asked[1]!.sampling?.temperature).toBeGreaterThan(0);
  });

  it('says how much of a long page a question reached, and forgets old turns only with a word', async () => {
    const { viewer } = setUp();
    const long = { ...page, text: 'Seven words stand in this short sentence. '.repeat(100) };
    const { job, conversation } = await viewer.request('chat', { page: long, text: 'Why?' });
    await viewer.watch(`conversation:${conversation}`);
    const { coverage } = await viewer.over(job);
    expect(coverage?.total).toBe(700);
    expect(coverage!.used % 7).toBe(0);
    expect(coverage!.used).toBeGreaterThan(200);
    const more = await viewer.request('chat', { text: 'word '.repeat(90), conversation: conversation! });
    expect((await viewer.over(more.job)).forgotten).toBe(1);
  });

  it('refuses a question longer than the model can read', async () => {
    const { viewer } = setUp();
    const { job } = await viewer.request('translate', { text: 'word '.repeat(500), language: 'de' });
    await viewer.watch(`job:${job}`);
    expect(await viewer.over(job)).toMatchObject({ status: 'failed', error: { code: 'prompt-too-long' } });
  });

  it('marks answers that were cut off by the end of the browser', async () => {
    const store = memoryStore();
    const first = setUp(fakeEngine(), store);
    stepwise(first.engine);
    const { job, conversation } = await first.viewer.request('summarise', { page, style });
    await soon();
    const second = setUp(fakeEngine(), store);
    await second.viewer.watch(`conversation:${conversation}`);
    expect(second.viewer.jobs.get(job)).toMatchObject({ status: 'interrupted' });
  });

  it('deletes a conversation with its jobs', async () => {
    const { viewer } = setUp();
    const { job, conversation } = await viewer.request('summarise', { page, style });
    await viewer.watch(`job:${job}`);
    await viewer.over(job);
    await viewer.request('delete-conversation', { conversation: conversation! });
    expect(await viewer.request('conversations', { limit: 5 })).toEqual([]);
  });
});

describe('summaries of long pages', () => {
  const long = {
    ...page,
    text: Array.from({ length: 90 }, (_, i) => `Bird ${i} sings in the gorse. `).join(''),
  };
  const points = { type: 'key-points', length: 'short' } as const;

  /** Notes the first bird of a part, and of notes all. */
  function noting(engine: FakeEngine): void {
    engine.pieces = ({ prompt }) => {
      const text = prompt.kind === 'messages' ? prompt.messages.at(-1)!.content : '';
      const birds = [...text.matchAll(/Bird \d+/g)].map(([bird]) => `- ${bird} sings.\n`);
      return text.includes('\n- ') ? birds : birds.slice(0, 1);
    };
  }

  it('reads part by part, shows what was noted, and ties each point to its sentence', async () => {
    const { viewer, engine } = setUp();
    noting(engine);
    const { job, conversation } = await viewer.request('summarise', { page: long, style: points });
    await viewer.watch(`conversation:${conversation}`);
    const done = await viewer.over(job);
    expect(done.status).toBe('done');
    expect(done.rounds).toHaveLength(1);
    const { ends, points: noted } = done.rounds![0]!;
    expect(ends.length).toBeGreaterThan(1);
    expect(ends.at(-1)).toBe(long.text.length);
    expect(noted).toHaveLength(ends.length);
    expect(done.text).toBe(noted.join('\n'));
    expect(done.passages).toHaveLength(ends.length);
    expect(done.passages![1]).toMatch(/^Bird \d+ sings in the gorse\.$/);
    expect(done.coverage).toBeUndefined();
    expect(engine.asked).toHaveLength(ends.length + 1);
  });

  it('keeps what was noted when a later part fails, and goes on there', async () => {
    const { viewer, engine, store } = setUp();
    noting(engine);
    const answer = engine.pieces;
    engine.pieces = (request) => {
      if (engine.asked.length === 2) throw new LinnetError('gpu-lost', { who: 'gpu', message: 'gone' });
      return answer(request);
    };
    const { job, conversation } = await viewer.request('summarise', { page: long, style: points });
    await viewer.watch(`conversation:${conversation}`);
    const failed = await viewer.over(job);
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'gpu-lost' } });
    expect(failed.text.trim()).toBe('- Bird 0 sings.');
    expect(failed.rounds![0]!.points).toEqual(['- Bird 0 sings.']);
    expect((await store.job(job))!.rounds).toEqual(failed.rounds);

    await viewer.request('regenerate', { job });
    await soon();
    const done = await viewer.over(job);
    expect(done).toMatchObject({ status: 'done' });
    expect(done.text.startsWith('- Bird 0 sings.\n- Bird ')).toBe(true);
    // The first part was read once, the second twice.
    expect(engine.asked).toHaveLength(done.rounds![0]!.ends.length + 2);
    expect(engine.asked.every(({ sampling }) => sampling?.temperature === 0)).toBe(true);
  });

  it('stops within a part and keeps what is there; another answer reads no part again', async () => {
    const { viewer, engine } = setUp();
    noting(engine);
    const answer = stepwise(engine);
    const { job, conversation } = await viewer.request('summarise', { page: long, style: points });
    await viewer.watch(`conversation:${conversation}`);
    await soon();
    await viewer.request('stop', { job });
    answer.go();
    const stopped = await viewer.over(job);
    expect(stopped).toMatchObject({ status: 'stopped', text: '- Bird 0 sings.\n' });
    await viewer.request('regenerate', { job });
    await soon();
    const { rounds } = await viewer.over(job);
    const asked = engine.asked.length;
    await viewer.request('regenerate', { job });
    await soon();
    expect(await viewer.over(job)).toMatchObject({ status: 'done', rounds });
    expect(engine.asked).toHaveLength(asked + 1);
    expect(engine.asked.at(-1)!.sampling?.temperature).toBeGreaterThan(0);
  });

  it('says what it had to cut', async () => {
    const { viewer, engine } = setUp();
    engine.pieces = () => ['- One.\n- Two.\n', '- Three.\n- Four.'];
    const { job, conversation } = await viewer.request('summarise', { page, style: points, language: 'de' });
    await viewer.watch(`conversation:${conversation}`);
    expect(await viewer.over(job)).toMatchObject({
      text: '- One.\n- Two.\n- Three.',
      rules: ['points-cut'],
      passages: [null, null, null],
    });
    expect((await viewer.request('prompt', { job }))[1]!.content).toMatch(
      /at most 3\. Write it in German\.$/,
    );
  });
});

describe('models', () => {
  it('fails with no-model when there is none', async () => {
    const { viewer } = setUp(fakeEngine([]));
    const { job } = await viewer.request('chat', { text: 'Hello' });
    await viewer.watch(`job:${job}`, 'models');
    expect(await viewer.over(job)).toMatchObject({ status: 'failed', error: { code: 'no-model' } });
    expect(viewer.models?.active.kind).toBe('none');
  });

  it('loads anew after the GPU was lost', async () => {
    const { viewer, engine } = setUp();
    engine.failure = new LinnetError('gpu-lost', { who: 'gpu', message: 'the device is gone' });
    const first = await viewer.request('chat', { text: 'Hello' });
    await viewer.watch(`job:${first.job}`, 'models');
    expect(await viewer.over(first.job)).toMatchObject({ status: 'failed', error: { code: 'gpu-lost' } });
    await soon(150);
    expect(viewer.models?.active).toMatchObject({ kind: 'failed', error: { code: 'gpu-lost' } });
    await viewer.request('regenerate', { job: first.job });
    await soon();
    expect(await viewer.over(first.job)).toMatchObject({ status: 'done' });
    expect([engine.loads, engine.disposals]).toEqual([2, 1]);
  });

  it('imports, prefers a real model to the demo, uses and deletes', async () => {
    const { viewer, engine } = setUp(fakeEngine([{ ...tinyModel, id: 'demo', demo: true }]));
    await viewer.watch('models');
    await viewer.request('import-address', { address: 'org/new' });
    await soon(150);
    expect(viewer.models?.stored.map((m) => m.id)).toEqual(['new', 'demo']);
    expect(viewer.models?.active).toMatchObject({ kind: 'idle', model: { id: 'new' } });
    await viewer.request('use-model', { id: 'demo' });
    await soon(150);
    expect(viewer.models?.active).toMatchObject({ kind: 'ready', model: { id: 'demo' } });
    await viewer.request('delete-model', { id: 'demo' });
    await soon(150);
    expect(viewer.models?.active).toMatchObject({ kind: 'idle', model: { id: 'new' } });
    expect(engine.disposals).toBe(1);
  });

  it('keeps the report of a failed import until it is put away', async () => {
    const { viewer } = setUp();
    await viewer.watch('models');
    const { id } = await viewer.request('import-address', { address: 'bad' });
    await soon(150);
    expect(viewer.models?.imports).toMatchObject([{ id, error: { code: 'checkpoint-damaged', got: '5' } }]);
    await viewer.request('dismiss-import', { id });
    await soon(150);
    expect(viewer.models?.imports).toEqual([]);
  });
});
