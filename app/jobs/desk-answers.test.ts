/** Answers of a chat: what the model thinks before, where they end, how they go on. */
import { describe, expect, it } from 'vitest';
import { page, setUp, soon, stepwise, style } from './fake-viewer.ts';

describe('a model that thinks', () => {
  it('is said to, and nothing of it is in the answer', async () => {
    const { viewer, engine } = setUp();
    engine.thoughts = 2;
    const answer = stepwise(engine);
    const { job, conversation } = await viewer.request('chat', { text: 'Why?' });
    await viewer.watch(`conversation:${conversation}`);
    await soon();
    expect(viewer.jobs.get(job)).toMatchObject({ status: 'writing', thinking: true, text: '' });
    answer.go();
    const done = await viewer.over(job);
    expect(done).toMatchObject({ status: 'done', text: 'Answer 1 ends.', tokens: 5 });
    expect(done).not.toHaveProperty('thinking');
  });

  it('is said to have thought only', async () => {
    const { viewer, engine } = setUp();
    engine.thoughts = 2;
    engine.pieces = () => [];
    const { job, conversation } = await viewer.request('summarise', { page, style });
    await viewer.watch(`conversation:${conversation}`);
    const done = await viewer.over(job);
    expect(done).toMatchObject({ status: 'done', text: '', onlyThought: true });
    expect(done).not.toHaveProperty('cut');
  });
});
