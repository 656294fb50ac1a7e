/** Answers of a chat: thoughts before them, their limit, their continuation. */
import { packagedTraits } from '../protocol/model-traits.ts';
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../engine/index.ts';
import { fakeEngine, tinyModel } from '../testing/fake-engine.ts';
import { page, setUp, stepwise, style } from '../testing/test-client.ts';

describe('a model that thinks', () => {
  it('is reported as thinking, and no thought is in the answer', async () => {
    const { viewer, engine } = setUp();
    engine.thoughts = 2;
    const answer = stepwise(engine);
    const { job, conversation } = await viewer.chat({ text: 'Why?' });
    await viewer.watch(`conversation:${conversation}`);
    expect(await viewer.begun(job)).toMatchObject({
      progress: { phase: 'writing', thinking: true },
      text: '',
    });
    answer.go();
    const done = await viewer.over(job);
    expect(done).toMatchObject({ progress: { phase: 'done' }, text: 'Answer A ends.', tokens: 5 });
    expect(done.progress).toEqual({ phase: 'done' });
  });

  it('is reported if it only thought', async () => {
    const { viewer, engine } = setUp();
    engine.thoughts = 2;
    engine.pieces = () => [];
    const { job, conversation } = await viewer.summarise({ page, style });
    await viewer.watch(`conversation:${conversation}`);
    const done = await viewer.over(job);
    expect(done).toMatchObject({ progress: { phase: 'done', onlyThought: true }, text: '' });
    expect(done).not.toHaveProperty('cut');
  });
});

describe('an answer that reached its limit', () => {
  const words = (n: number) => Array.from({ length: n }, (_, i) => ` w${i}`);

  it('uses the room that is left, and continues in the same job', async () => {
    const { viewer, engine, store } = setUp(fakeEngine([{ ...tinyModel, contextLength: 4000 }]));
    engine.pieces = () => words(3000);
    const asked = await viewer.summarise({ page, style });
    await viewer.watch(`conversation:${asked.conversation}`);
    await viewer.over(asked.job);
    engine.pieces = () => words(2050);
    const { job } = await viewer.chat({ text: 'Why?', ...asked });
    const cut = await viewer.over(job);
    expect(cut).toMatchObject({ progress: { cut: true }, tokens: 2048, text: words(2048).join('') });

    engine.pieces = () => [' and', ' more.'];
    await viewer.request('continue', { job });
    const whole = await viewer.over(job);
    expect(whole.text).toBe(`${cut.text} and more.`);
    expect(whole).toMatchObject({ progress: { phase: 'done' }, tokens: 2050, context: cut.context });
    expect(whole).not.toHaveProperty('cut');
    const [before, last] = engine.asked.slice(-2);
    // The messages are the same, so that the cache can be used again, and contain no other answer.
    expect(last!.prompt).toEqual({ ...before!.prompt, begun: cut.text });
    expect((await store.job(job))!.text).toBe(whole.text);
    expect(viewer.conversation!.jobs).toHaveLength(2);
  });

  it('keeps its text when it is stopped or fails while it continues', async () => {
    const { viewer, engine } = setUp();
    const answer = stepwise(engine);
    const { job, conversation } = await viewer.chat({ text: 'Why?' });
    await viewer.watch(`conversation:${conversation}`);
    await viewer.begun(job);
    await viewer.request('stop', { job });
    answer.go();
    expect(await viewer.over(job)).toMatchObject({ progress: { phase: 'stopped' }, text: 'Answer' });
    engine.failure = new EngineError('gpu-lost', { who: 'gpu', message: 'gone' });
    await viewer.request('continue', { job });
    expect(await viewer.over(job)).toMatchObject({ progress: { phase: 'failed' }, text: 'Answer' });
    await viewer.request('continue', { job });
    expect(await viewer.over(job)).toMatchObject({
      progress: { phase: 'done' },
      text: 'AnswerAnswer C ends.',
    });
  });

  it('must belong to a chat to be continued', async () => {
    const { viewer } = setUp();
    const { job, conversation } = await viewer.summarise({ page, style });
    await viewer.watch(`conversation:${conversation}`);
    await viewer.over(job);
    await expect(viewer.request('continue', { job })).rejects.toMatchObject({ code: 'request-invalid' });
  });
});

describe('a summary', () => {
  const german = { ...page, lang: 'de', text: 'Der Hänfling ist ein kleiner Fink. Er singt im Frühling.' };
  const lastRequest = (prompt: { messages?: readonly { content: string }[] }) =>
    prompt.messages!.map(({ content }) => content.split('</page>\n').at(-1)!);

  it('reports how full the context is, as an answer does', async () => {
    const { viewer } = setUp();
    const { job, conversation } = await viewer.summarise({ page, style });
    await viewer.watch(`conversation:${conversation}`);
    const { context } = await viewer.over(job);
    expect(context).toMatchObject({ capacity: 400 });
    expect(context!.prompt).toBeGreaterThan(0);
  });

  it('is requested in the page’s language, also in the prompt of a question about it', async () => {
    const { viewer, engine } = setUp();
    const asked = await viewer.summarise({ page: german, style });
    await viewer.watch(`conversation:${asked.conversation}`);
    await viewer.over(asked.job);
    const { job } = await viewer.chat({ text: 'Wo?', ...asked });
    await viewer.over(job);
    const [summary, chat] = engine.asked.map(({ prompt }) => lastRequest(prompt as never));
    expect(summary!.at(-1)).toBe('Summarise the page in one sentence. Write it in German.');
    expect(chat!.slice(1, 3)).toEqual([summary!.at(-1), 'Answer A ends.']);
  });

  it('has no language in its request for an English page or the demo model', async () => {
    for (const [model, of] of [
      [tinyModel, page],
      [{ ...tinyModel, traits: packagedTraits }, german],
    ] as const) {
      const { viewer, engine } = setUp(fakeEngine([model]));
      const { job, conversation } = await viewer.summarise({ page: of, style });
      await viewer.watch(`conversation:${conversation}`);
      await viewer.over(job);
      expect(lastRequest(engine.asked[0]!.prompt as never).at(-1)).toBe(
        'Summarise the page in one sentence.',
      );
    }
  });
});
