import { describe, expect, it, vi } from 'vitest';
import { EngineError } from '../../engine/index.ts';
import { partsLeft, type SummaryJob } from '../protocol/types.ts';
import { showsPreliminary } from '../text/parts/preliminary.ts';
import { memoryStore } from './store/store-memory.ts';
import { type FakeEngine, fakeEngine, tinyModel } from '../testing/fake-engine.ts';
import { page, setUp, soon, stepwise, style } from '../testing/test-client.ts';

describe('summaries of long pages', () => {
  const long = {
    ...page,
    text: Array.from({ length: 90 }, (_, i) => `Bird ${i} sings in the gorse. `).join(''),
  };
  const points = { type: 'key-points', length: 'short' } as const;

  /** Answers with the first bird of a part, or with all birds of notes. */
  function noting(engine: FakeEngine): void {
    engine.pieces = ({ prompt }) => {
      const text = prompt.kind === 'messages' ? prompt.messages.at(-1)!.content : '';
      const birds = [...text.matchAll(/Bird \d+/g)].map(([bird]) => `- ${bird} sings.\n`);
      return text.includes('\n- ') ? birds : birds.slice(0, 1);
    };
  }

  it('are made part by part, show the notes, and link each point to its sentence', async () => {
    const { viewer, engine } = setUp();
    noting(engine);
    const { job, conversation } = await viewer.summarise({ page: long, style: points });
    await viewer.watch(`conversation:${conversation}`);
    const done = await viewer.over(job, 'summary');
    expect(done.progress.phase).toBe('done');
    expect(done.rounds).toHaveLength(1);
    const { ends, points: noted } = done.rounds![0]!;
    expect(ends.length).toBeGreaterThan(1);
    expect(ends.at(-1)).toBe(long.text.length);
    expect(noted).toHaveLength(ends.length);
    // Read in an order of their own, and shown in that of the page.
    const bird = (note: string) => Number(/\d+/.exec(note)?.[0]);
    expect(done.text).toBe(noted.toSorted((one, other) => bird(one) - bird(other)).join('\n'));
    expect(done.passages).toHaveLength(ends.length);
    expect(done.passages![1]).toMatch(/^Bird \d+ sings in the gorse\.$/);
    expect(done.coverage).toBeUndefined();
    expect(engine.asked).toHaveLength(ends.length + 1);
  });

  it('have preliminary points from the first part on, made of what the parts say anyway', async () => {
    const { viewer, engine } = setUp();
    noting(engine);
    const seen: SummaryJob[] = [];
    viewer.onEvent = (event) => {
      if (event.kind === 'job' && event.job.kind === 'summary') seen.push(event.job);
    };
    const { job, conversation } = await viewer.summarise({ page: long, style: points });
    await viewer.watch(`conversation:${conversation}`);
    const done = await viewer.over(job, 'summary');
    const { ends } = done.rounds![0]!;
    expect(done.preliminary).toBeUndefined();
    // The model was asked for each part and for the summary of all, as if there were none.
    expect(engine.asked).toHaveLength(ends.length + 1);
    const first = seen.find(({ rounds }) => rounds?.[0]?.points.length === 1)!;
    expect(first.preliminary).toEqual({
      text: '- Bird 0 sings.',
      passages: ['Bird 0 sings in the gorse.'],
    });
    // They stand alone: notes on later parts are not written beside them.
    const later = seen.filter(
      ({ rounds = [] }) => partsLeft({ ...done, rounds }) && rounds[0]!.points.length > 0,
    );
    expect(new Set(later.map(({ text }) => text))).toEqual(new Set(['']));
    const most = seen.map(({ preliminary }) => preliminary?.passages.length ?? 0);
    expect(Math.max(...most)).toBe(3);
    // While the parts are put together, too.
    expect(seen.some((each) => each.rounds !== undefined && !partsLeft(each) && showsPreliminary(each))).toBe(
      true,
    );
  });

  it.each([2, 'all'] as const)(
    'stopped after %s parts, keep the preliminary points, also when they are read again',
    async (after) => {
      const { viewer, engine, store } = setUp();
      noting(engine);
      const answer = engine.pieces;
      let free = () => {};
      const parts = () => engine.asked.length - 1;
      engine.pieces = (request) => {
        const isLast = JSON.stringify(request.prompt).includes('\\n- ');
        const stops = after === 'all' ? isLast : parts() === after;
        if (stops) {
          engine.pause = () => new Promise((resolve) => (free = resolve));
          return ['- Half', ' of a'];
        }
        return answer(request);
      };
      const { job, conversation } = await viewer.summarise({ page: long, style: points });
      await viewer.watch(`conversation:${conversation}`);
      await vi.waitFor(() =>
        expect(viewer.jobs.get(job)).toMatchObject({ progress: { phase: 'writing' }, preliminary: {} }),
      );
      await vi.waitFor(() => expect(engine.asked.length).toBeGreaterThan(after === 'all' ? 3 : after));
      await soon(40);
      await viewer.request('stop', { job });
      free();
      const stopped = await viewer.over(job, 'summary');
      expect(stopped.progress.phase).toBe('stopped');
      expect(stopped.text).toBe(stopped.preliminary!.text);
      expect(stopped.text).not.toContain('Half');
      expect(stopped.passages).toEqual(stopped.preliminary!.passages);
      expect(stopped.passages!.every((passage) => passage !== null)).toBe(true);
      expect(stopped.rounds![0]!.points).toHaveLength(
        after === 'all' ? stopped.rounds![0]!.ends.length : after,
      );
      expect(await store.job(job)).toMatchObject({ text: stopped.text, preliminary: stopped.preliminary });

      engine.pause = async () => {};
      engine.pieces = answer;
      const asked = engine.asked.length;
      const again = await viewer.request('regenerate', { job });
      expect(again.job).toBe(job);
      const done = await viewer.over(job, 'summary');
      expect(done).toMatchObject({ progress: { phase: 'done' } });
      expect(done.preliminary).toBeUndefined();
      expect(engine.asked).toHaveLength(
        asked + done.rounds![0]!.ends.length - stopped.rounds![0]!.points.length + 1,
      );
    },
  );

  it('begin with a short part where the device reads slowly, once its speed is known', async () => {
    const engine = fakeEngine([{ ...tinyModel, contextLength: 1600 }]);
    engine.held = () => 0;
    const { viewer } = setUp(engine);
    noting(engine);
    const text = Array.from({ length: 450 }, (_, i) => `Bird ${i} sings in the gorse. `).join('');
    const summed = async (url: string) => {
      const { job } = await viewer.summarise({ page: { ...page, url, text }, style: points });
      await viewer.watch(`job:${job}`);
      const { ends } = (await viewer.over(job, 'summary')).rounds![0]!;
      return { parts: ends.length, first: text.slice(0, ends[0]).split(' ').length };
    };
    // The fake reads one token a second.
    const before = await summed('https://example.org/a');
    const after = await summed('https://example.org/b');
    expect(before.first).toBeGreaterThan(600);
    expect(after.first).toBeLessThanOrEqual(256);
    expect(after.parts).toBeLessThanOrEqual(before.parts + 1);
  });

  it('let a selection run between two parts', async () => {
    const { viewer, engine } = setUp();
    noting(engine);
    const order: string[] = [];
    const answer = engine.pieces;
    engine.pieces = (request) => {
      const text = request.prompt.kind === 'messages' ? request.prompt.messages.at(-1)!.content : '';
      order.push(text.includes('Heather') ? 'selection' : 'part');
      return answer(request);
    };
    const { job, conversation } = await viewer.summarise({ page: long, style: points });
    const selection = { text: 'Heather.', language: 'de', from: 'en' };
    const { job: translation } = await viewer.translate(selection);
    await viewer.watch(`conversation:${conversation}`, `job:${translation}`);
    await viewer.over(job, 'summary');
    expect(order.indexOf('selection')).toBe(1);
    expect(order.length).toBeGreaterThan(3);
  });

  it('mark the parts whose notes reached their limit', async () => {
    const { viewer, engine } = setUp();
    noting(engine);
    const answer = engine.pieces;
    engine.pieces = (request) =>
      engine.asked.length === 2 ? Array.from({ length: 300 }, () => ' bird') : answer(request);
    const { job, conversation } = await viewer.summarise({ page: long, style: points });
    await viewer.watch(`conversation:${conversation}`);
    const { rounds, progress } = await viewer.over(job, 'summary');
    const [round] = rounds!;
    expect(round!.cut).toEqual([(round!.order as readonly number[])[1]]);
    expect(round!.points[1]).toMatch(/bird…$/);
    expect(progress).toEqual({ phase: 'done' });
  });

  it('keep the notes when a later part fails, and continue from there', async () => {
    const { viewer, engine, store } = setUp();
    noting(engine);
    const answer = engine.pieces;
    engine.pieces = (request) => {
      if (engine.asked.length === 2) throw new EngineError('gpu-lost', { who: 'gpu', message: 'gone' });
      return answer(request);
    };
    const { job, conversation } = await viewer.summarise({ page: long, style: points });
    await viewer.watch(`conversation:${conversation}`);
    const failed = await viewer.over(job, 'summary');
    expect(failed).toMatchObject({ progress: { phase: 'failed', error: { code: 'gpu-lost' } } });
    expect(failed.text.trim()).toBe('- Bird 0 sings.');
    expect(failed.rounds![0]!.points).toEqual(['- Bird 0 sings.']);
    expect(await store.job(job)).toMatchObject({ rounds: failed.rounds });

    await viewer.request('regenerate', { job });
    const done = await viewer.over(job, 'summary');
    expect(done).toMatchObject({ progress: { phase: 'done' } });
    expect(done.text.startsWith('- Bird 0 sings.\n- Bird ')).toBe(true);
    // The first part was read once, the second twice.
    expect(engine.asked).toHaveLength(done.rounds![0]!.ends.length + 2);
    expect(engine.asked.every(({ sampling }) => sampling?.temperature === 0)).toBe(true);
  });

  it('stop within a part and keep its text; another answer reads no part again', async () => {
    const { viewer, engine } = setUp();
    noting(engine);
    const answer = stepwise(engine);
    const { job, conversation } = await viewer.summarise({ page: long, style: points });
    await viewer.watch(`conversation:${conversation}`);
    await viewer.begun(job);
    await viewer.request('stop', { job });
    answer.go();
    const stopped = await viewer.over(job, 'summary');
    expect(stopped).toMatchObject({ progress: { phase: 'stopped' }, text: '- Bird 0 sings.\n' });
    await viewer.request('regenerate', { job });
    const { rounds } = await viewer.over(job, 'summary');
    const asked = engine.asked.length;
    const other = await viewer.request('regenerate', { job });
    expect(other.job).not.toBe(job);
    expect(await viewer.over(other.job, 'summary')).toMatchObject({ progress: { phase: 'done' }, rounds });
    expect(engine.asked).toHaveLength(asked + 1);
    expect(engine.asked.at(-1)!.sampling?.temperature).toBeGreaterThan(0);
  });

  it('read a page once for several types, and again for another model', async () => {
    const { viewer, engine } = setUp(fakeEngine([tinyModel, { ...tinyModel, id: 'other', name: 'Other' }]));
    noting(engine);
    const first = await viewer.summarise({ page: long, style: points });
    await viewer.watch(`conversation:${first.conversation}`);
    const { rounds } = await viewer.over(first.job, 'summary');
    const asked = engine.asked.length;
    const second = await viewer.summarise({ page: long, style });
    await viewer.watch(`conversation:${second.conversation}`);
    expect(await viewer.over(second.job)).toMatchObject({ progress: { phase: 'done' }, rounds });
    expect(engine.asked).toHaveLength(asked + 1);

    await viewer.request('use-model', { id: 'other' });
    const again = await viewer.request('regenerate', { job: second.job });
    expect(await viewer.over(again.job)).toMatchObject({ progress: { phase: 'done' }, model: 'Other' });
    expect(engine.asked).toHaveLength(2 * asked + 1);
  });

  it('continue after the browser was closed', async () => {
    const store = memoryStore();
    const before = setUp(fakeEngine(), store);
    noting(before.engine);
    const answer = before.engine.pieces;
    before.engine.pieces = (request) => {
      if (before.engine.asked.length === 2) before.engine.pause = () => new Promise(() => {});
      return answer(request);
    };
    const { job, conversation } = await before.viewer.summarise({ page: long, style: points });
    await vi.waitFor(() => expect(before.engine.asked).toHaveLength(2));
    const after = setUp(fakeEngine(), store);
    noting(after.engine);
    await after.viewer.watch(`conversation:${conversation}`);
    expect(after.viewer.jobs.get(job)).toMatchObject({
      progress: { phase: 'interrupted' },
      text: '- Bird 0 sings.',
      preliminary: { passages: ['Bird 0 sings in the gorse.'] },
    });
    await after.viewer.request('regenerate', { job });
    const done = await after.viewer.over(job, 'summary');
    expect(done.rounds![0]!.points[0]).toBe('- Bird 0 sings.');
    expect(after.engine.asked).toHaveLength(done.rounds![0]!.ends.length);
  });

  it('report what was cut', async () => {
    const { viewer, engine } = setUp();
    engine.pieces = () => ['- One.\n- Two.\n', '- Three.\n- Four.'];
    const { job, conversation } = await viewer.summarise({ page, style: points, language: 'de' });
    await viewer.watch(`conversation:${conversation}`);
    expect(await viewer.over(job, 'summary')).toMatchObject({
      text: '- One.\n- Two.\n- Three.',
      rules: ['points-cut'],
      passages: [null, null, null],
    });
    expect((await viewer.request('prompt', { job }))[1]!.content).toMatch(
      /at most 3 .* Write it in German\.$/,
    );
  });
});

describe('key points in another language than their page', () => {
  const points = { type: 'key-points', length: 'short' } as const;

  it('are searched by their translation into the page’s language', async () => {
    const { viewer, engine, store } = setUp();
    engine.pieces = () => ['- Er singt.\n- Er fliegt.'];
    const { job, conversation } = await viewer.summarise({ page, style: points, language: 'de' });
    await viewer.watch(`conversation:${conversation}`);
    expect(await viewer.over(job, 'summary')).toMatchObject({ passages: [null, null], pageLanguage: 'en' });

    engine.pieces = () => ['It sings.'];
    expect(await viewer.request('find-passage', { job, point: 0 })).toEqual({ passage: 'It sings.' });
    expect(engine.asked.at(-1)!.prompt).toMatchObject({
      messages: [
        {},
        { content: expect.stringMatching(/Er singt\.\n<.text>\nTranslate the text into English/) },
      ],
    });
    engine.pieces = () => ['It flies far away.'];
    expect(await viewer.request('find-passage', { job, point: 1 })).toEqual({ passage: null });
    const found = { passages: ['It sings.', null], sought: [0, 1] };
    expect(viewer.jobs.get(job)).toMatchObject(found);
    expect(await store.job(job)).toMatchObject(found);
    // A known passage is not looked up again.
    const asked = engine.asked.length;
    expect(await viewer.request('find-passage', { job, point: 0 })).toEqual({ passage: 'It sings.' });
    expect(engine.asked).toHaveLength(asked);
  });

  it('are not looked up if page and summary share a language, or for a point that does not exist', async () => {
    const { viewer, engine } = setUp();
    engine.pieces = () => ['- It flies.'];
    const { job, conversation } = await viewer.summarise({ page, style: points, language: 'en' });
    await viewer.watch(`conversation:${conversation}`);
    expect((await viewer.over(job, 'summary')).pageLanguage).toBeUndefined();
    const refused = { code: 'request-invalid' };
    await expect(viewer.request('find-passage', { job, point: 0 })).rejects.toMatchObject(refused);
    engine.pieces = () => ['- Er fliegt.'];
    const other = await viewer.summarise({ page, style: points, language: 'de' });
    await viewer.watch(`conversation:${other.conversation}`);
    await viewer.over(other.job);
    await expect(viewer.request('find-passage', { job: other.job, point: 1 })).rejects.toMatchObject(refused);
  });
});

it('tokenises a long page once while it summarises it', async () => {
  const engine = fakeEngine([{ ...tinyModel, contextLength: 8000 }]);
  let characters = 0;
  const { load } = engine;
  engine.load = async (...given) => {
    const loaded = await load(...given);
    return {
      ...loaded,
      countTokens(prompt) {
        const texts = prompt.kind === 'text' ? [prompt.text] : prompt.messages.map(({ content }) => content);
        characters += texts.join('').length;
        return loaded.countTokens(prompt);
      },
    };
  };
  const { viewer } = setUp(engine);
  const section = (n: number) =>
    `Bird ${n}\n\nBird ${n} sings in the gorse of heath ${n}. Nest ${n} of it is there.\n\n`;
  const text = Array.from({ length: 3000 }, (_, n) => section(n)).join('');
  const headings = [...text.matchAll(/^Bird \d+$/gm)].map(({ index }) => index);
  const { job } = await viewer.summarise({ page: { ...page, text, headings }, style });
  await viewer.watch(`job:${job}`);
  const { rounds } = await viewer.over(job, 'summary');
  expect(rounds![0]!.ends.length).toBeGreaterThan(5);
  expect(characters / text.length).toBeLessThanOrEqual(1.1);
});
