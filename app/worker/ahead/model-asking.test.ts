/** A long page that a device reads slowly is read in passages first, and whole when that is asked for or done already. */
import { expect, it } from 'vitest';
import type { ChatJob } from '../../protocol/types.ts';
import { fakeEngine, tinyModel } from '../../testing/fake-engine.ts';
import { page, setUp } from '../../testing/test-client.ts';

const section = (i: number) => `Bird ${i} sings in the gorse of heath number ${i}. It has a nest there.\n\n`;
const long = { ...page, text: Array.from({ length: 80 }, (_, i) => section(i)).join('') };

/** One question has been answered, so it is known how slowly this device reads: one token a second. */
async function slow() {
  const engine = fakeEngine([{ ...tinyModel, contextLength: 4000 }]);
  engine.held = () => 0;
  const { viewer } = setUp(engine);
  const over = async ({ job }: { job: string }): Promise<ChatJob> => {
    await viewer.watch(`job:${job}`);
    return viewer.over(job, 'chat');
  };
  const ask = async () => over(await viewer.chat({ text: 'Where does bird 70 sing?', page: long }));
  return { engine, viewer, over, ask, first: await ask() };
}

it('reads passages that match the question, and says so', async () => {
  const { ask, engine, first } = await slow();
  expect(first.excerpts).toBeUndefined();
  const { excerpts, coverage, progress } = await ask();
  expect(progress.phase).toBe('done');
  expect(excerpts?.by).toBe('question');
  expect(coverage!.sooner).toBe(true);
  expect(coverage!.used).toBeLessThanOrEqual(256);
  const { prompt } = engine.asked.at(-1)!;
  const read = prompt.kind === 'messages' ? prompt.messages.map(({ content }) => content).join() : '';
  expect(read).toContain('Bird 70 sings');
  expect(read).not.toContain('Bird 40 sings');
});

it('reads all of the page when the person asks for that', async () => {
  const { ask, over, viewer, first } = await slow();
  const { id } = await ask();
  const whole = await over(await viewer.request('regenerate', { job: id, whole: true }));
  expect(whole.id).not.toBe(id);
  expect(whole).toMatchObject({ request: { text: 'Where does bird 70 sing?', whole: true } });
  expect(whole.excerpts).toBeUndefined();
  expect(whole.context).toEqual(first.context);
});

it('summarises passages too, and then all of the page', async () => {
  const { viewer, engine } = await slow();
  const style = { type: 'teaser', length: 'short' } as const;
  const { job } = await viewer.summarise({ page: long, style });
  await viewer.watch(`job:${job}`);
  const { coverage } = await viewer.over(job, 'summary');
  expect(coverage).toMatchObject({ sooner: true });
  expect(coverage!.used).toBeLessThanOrEqual(256);
  const again = await viewer.request('regenerate', { job, whole: true });
  await viewer.watch(`job:${again.job}`);
  expect((await viewer.over(again.job, 'summary')).coverage).toBeUndefined();
  const { prompt } = engine.asked.at(-1)!;
  expect(prompt.kind === 'messages' && prompt.messages.at(-1)?.content).toContain('Bird 79 sings');
});

it('reads all of it where little of it is unread', async () => {
  const { ask, engine } = await slow();
  engine.held = () => 4000;
  expect((await ask()).excerpts).toBeUndefined();
});
