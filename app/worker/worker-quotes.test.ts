import { describe, expect, it, vi } from 'vitest';
import { fakeEngine } from '../testing/fake-engine.ts';
import { page, setUp, style } from '../testing/test-client.ts';

describe('a summary and the sentences of its page', () => {
  it('ends with them without a model, and is written once there is one', async () => {
    const { viewer, engine } = setUp(fakeEngine([]));
    const style = { type: 'key-points', length: 'short' } as const;
    const text = 'The linnet is a small finch of the heath. In spring it sings from the top of a gorse bush.';
    const { job, conversation } = await viewer.summarise({ page: { ...page, text }, style });
    await viewer.watch(`conversation:${conversation}`);
    const quoted = await viewer.over(job, 'summary');
    const quotes = [
      'The linnet is a small finch of the heath.',
      'In spring it sings from the top of a gorse bush.',
    ];
    const list = quotes.map((quote) => `- ${quote}`).join('\n');
    expect(quoted).toMatchObject({
      progress: { phase: 'done' },
      quoted: true,
      quotes,
      passages: quotes,
      text: list,
    });
    expect(quoted.model).toBeUndefined();
    await viewer.request('import-address', { address: 'org/new' });
    await vi.waitFor(async () => expect(await engine.list()).toHaveLength(1));
    engine.pieces = () => ['- It sings.'];
    expect(await viewer.request('regenerate', { job })).toMatchObject({ job });
    const written = await viewer.over(job, 'summary');
    expect(written).toMatchObject({ progress: { phase: 'done' }, text: '- It sings.', quotes });
    expect(written.quoted).toBeUndefined();
    // The first answer of a model is greedy.
    expect(engine.asked[0]!.sampling?.temperature).toBe(0);
  });

  it('has them while the model is loaded', async () => {
    const { viewer, engine } = setUp();
    const now = engine.load.bind(engine);
    let ready = () => {};
    const load = vi.spyOn(engine, 'load').mockImplementation(async (...args) => {
      await new Promise<void>((resolve) => {
        ready = resolve;
      });
      return now(...args);
    });
    const text = 'The linnet is a small finch of the heath.';
    const { job, conversation } = await viewer.summarise({ page: { ...page, text }, style });
    await viewer.watch(`conversation:${conversation}`);
    await vi.waitFor(() => expect(load).toHaveBeenCalled());
    expect(viewer.jobs.get(job)).toMatchObject({ progress: { phase: 'loading' }, quotes: [text], text: '' });
    ready();
    expect(await viewer.over(job)).toMatchObject({ progress: { phase: 'done' }, quotes: [text] });
  });
});
