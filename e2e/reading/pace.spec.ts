/**
 * Checks that other pages still draw while Linnet reads a long page and answers: a page in front animates a canvas and
 * records the times of its frames, at Polite and at Full speed. Times are printed and not asserted, since they depend on
 * the adapter. The story asserts that a level changes how the work is split, and not the answer.
 */
import type { Job, PaceSetting, PageText, PromptProgress } from '../../app/protocol/types.ts';
import { expect, type LinnetBrowser, type Page, type Site, test } from '../harness/index.ts';
import { stories } from '../demo-world.ts';
import { ask, demoModel } from '../story.ts';

/** About as much text as the demo model can read at once with room for an answer. */
const NEWS: PageText = {
  url: 'https://example.org/news',
  title: 'News of the week',
  lang: 'en',
  dir: 'ltr',
  source: 'main',
  text: stories
    .slice(0, 8)
    .map((story) => story.join('\n\n'))
    .join('\n\n'),
};

/** A bar that moves over a WebGL canvas; `drawn` has the time of every frame, in milliseconds since 1970. */
const ANIMATION = `<!doctype html><title>Animation</title><canvas width="640" height="360"></canvas><script>
  const drawn = [];
  const gl = document.querySelector('canvas').getContext('webgl');
  function draw(time) {
    drawn.push(performance.timeOrigin + performance.now());
    gl.disable(gl.SCISSOR_TEST);
    gl.clearColor(1, 1, 1, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor((time / 4) % 640, 0, 40, 360);
    gl.clearColor(0.2, 0.4, 0.8, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    requestAnimationFrame(draw);
  }
  requestAnimationFrame(draw);
</script>`;

/** The events of a summary as its page received them; times in milliseconds since 1970. */
interface Heard {
  readonly job: Job;
  /** The last event about reading the prompt. */
  readonly prompt: PromptProgress;
  readonly readFrom: number;
  readonly wroteFrom: number;
  readonly over: number;
}

/** An action in the middle, called by the event handler, so that a fast adapter has not finished before. */
type Meanwhile = { readonly on: 'reading' | 'writing'; readonly pace?: PaceSetting; readonly stop?: true };

/** Requests a summary from a page of the extension and records its events to its end. */
function summarise(from: Page, meanwhile?: Meanwhile): Promise<Heard> {
  return from.evaluate(
    ({ page, meanwhile }) =>
      new Promise<Heard>((resolve) => {
        const port = chrome.runtime.connect({ name: 'linnet' });
        const times = { readFrom: 0, wroteFrom: 0 };
        let job: string;
        let prompt = { done: 0, total: 0, reused: 0 };
        let next = 1;
        const post = (request: object) => port.postMessage({ id: next++, request });
        const act = () => {
          if (meanwhile?.stop) post({ kind: 'stop', job });
          if (meanwhile?.pace) post({ kind: 'set-settings', settings: { pace: meanwhile.pace } });
          meanwhile = undefined;
        };
        const note = (phase: 'reading' | 'writing', done: number) => {
          if (phase === 'reading') times.readFrom ||= Date.now();
          else times.wroteFrom ||= Date.now();
          if (phase === meanwhile?.on && done > 0) act();
        };
        port.onMessage.addListener((frame: Frame) => {
          if (frame.kind === 'hello')
            post({
              kind: 'summarise',
              request: { kind: 'summary', style: { type: 'key-points', length: 'medium' } },
              target: { page },
            });
          if (frame.kind === 'reply' && frame.id === 1) {
            job = (frame.value as { job: string }).job;
            post({ kind: 'watch', topics: [`job:${job}`] });
          }
          if (frame.kind !== 'event') return;
          if (frame.event.kind === 'delta') note('writing', frame.event.tokens);
          if (frame.event.kind !== 'job') return;
          const { progress, tokens } = frame.event.job;
          if (progress.phase === 'reading') {
            prompt = progress.prompt ?? prompt;
            note('reading', prompt.done);
          }
          if (progress.phase === 'writing') note('writing', tokens ?? 0);
          if (!['done', 'stopped', 'failed'].includes(progress.phase)) return;
          port.disconnect();
          resolve({ ...times, job: frame.event.job, prompt, over: Date.now() });
        });
      }),
    { page: NEWS, meanwhile },
  );
}

type Frame =
  | { readonly kind: 'hello' }
  | { readonly kind: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'event'; readonly event: { kind: 'job'; job: Job } | { kind: 'delta'; tokens: number } };

declare const chrome: {
  readonly runtime: {
    connect(options: { name: string }): {
      postMessage(message: unknown): void;
      disconnect(): void;
      readonly onMessage: { addListener(listener: (frame: Frame) => void): void };
    };
  };
};

/** Counts the submits of the engine's worker from now on; each call returns the number since the last call. */
async function submitsOf(linnet: LinnetBrowser): Promise<() => Promise<number>> {
  const offscreen = linnet.context.pages().find((page) => page.url() === linnet.url('offscreen.html'));
  const worker = offscreen!.workers()[0]!;
  await worker.evaluate(() => {
    const { submit } = GPUQueue.prototype;
    Object.assign(globalThis, { submits: 0 });
    GPUQueue.prototype.submit = function (buffers) {
      (globalThis as unknown as { submits: number }).submits++;
      return submit.call(this, buffers);
    };
  });
  let before = 0;
  return async () => {
    const now = await worker.evaluate(() => (globalThis as unknown as { submits: number }).submits);
    const since = now - before;
    before = now;
    return since;
  };
}

/** Loads the model, with an empty cache. */
async function loadAnew(models: Page): Promise<void> {
  await ask(models, 'unload', {});
  await ask(models, 'warm', {});
  const active = async () => (await ask(models, 'diagnostics', {})).active;
  await expect.poll(active).toBe('ready');
}

/** Milliseconds between the frames of an interval, ascending. */
async function intervals(front: Page, from: number, to: number): Promise<number[]> {
  const drawn = (await front.evaluate('drawn')) as number[];
  const during = drawn.filter((at) => at >= from && at <= to);
  return during
    .slice(1)
    .map((at, i) => at - during[i]!)
    .toSorted((a, b) => a - b);
}

function shown(sorted: readonly number[]): string {
  const at = (part: number) => (sorted[Math.floor(part * (sorted.length - 1))] ?? Number.NaN).toFixed(1);
  return `${sorted.length} frames, ms between them: p50 ${at(0.5)}, p95 ${at(0.95)}, max ${at(1)}`;
}

async function scene(linnet: LinnetBrowser, site: Site) {
  const models = await demoModel(linnet, 'en');
  const front = await linnet.open(site.page('/', ANIMATION));
  await front.bringToFront();
  const level = async (pace: PaceSetting) => {
    const settings = await ask(models, 'set-settings', { settings: { pace } });
    expect(settings.pace).toBe(pace);
  };
  return { models, front, level };
}

test('a page in front continues drawing at every level, and the answer is the same', {
  tag: '@rare',
}, async ({ linnet, site }) => {
  const { models, front, level } = await scene(linnet, site);
  const quiet = Date.now();
  await front.waitForTimeout(500);
  console.log(`nothing asked: ${shown(await intervals(front, quiet, Date.now()))}`);
  await loadAnew(models);
  const submits = await submitsOf(linnet);
  const run = async (pace: PaceSetting) => {
    await level(pace);
    await loadAnew(models);
    await submits();
    const heard = await summarise(models);
    const { job, prompt, readFrom, wroteFrom, over } = heard;
    const reading = await intervals(front, readFrom, wroteFrom);
    const writing = await intervals(front, wroteFrom, over);
    const prefill = (1000 * prompt.total) / (wroteFrom - readFrom);
    console.log(`${pace}, reading ${prompt.total} tokens at ${prefill.toFixed(0)}/s: ${shown(reading)}`);
    console.log(
      `${pace}, writing ${job.tokens} tokens at ${job.tokensPerSecond!.toFixed(1)}/s: ${shown(writing)}`,
    );
    expect(job.progress.phase).toBe('done');
    expect(prompt.reused).toBe(0);
    expect(job).not.toHaveProperty('rounds');
    expect(reading.length + writing.length).toBeGreaterThan(0);
    return { text: job.text, tokens: job.tokens!, submits: await submits() };
  };
  const polite = await run('polite');
  const full = await run('full');
  console.log(`submits of the whole answer: polite ${polite.submits}, full ${full.submits}`);
  expect(polite.text).not.toBe('');
  expect(full.text).toBe(polite.text);
  expect(polite.submits).toBeGreaterThan(full.submits);

  // In the middle of an answer: the written text stays, and the rest is the same as without the pause.
  await level('polite');
  const switched = await summarise(models, { on: 'writing', pace: 'full' });
  expect(switched.job.text).toBe(full.text);
  expect(await submits()).toBeLessThan(polite.submits);
  expect((await ask(models, 'settings', {})).pace).toBe('full');
  expect(linnet.pageErrors).toEqual([]);
});

test('a stop takes effect in the middle of reading and of writing', { tag: '@rare' }, async ({
  linnet,
  site,
}) => {
  const { models, front, level } = await scene(linnet, site);
  await level('polite');
  await loadAnew(models);
  const reading = await summarise(models, { on: 'reading', stop: true });
  expect(reading.job.progress.phase).toBe('stopped');
  expect(reading.job.text).toBe('');
  expect(reading.prompt.done).toBeLessThan(reading.prompt.total);

  const writing = await summarise(models, { on: 'writing', stop: true });
  expect(writing.job.progress.phase).toBe('stopped');
  // The tokens that were read before the stop stay in the cache.
  expect(writing.prompt.reused).toBeGreaterThan(0);
  await level('full');
  const whole = await summarise(models);
  expect(whole.job.text.startsWith(writing.job.text)).toBe(true);
  expect(whole.job.text.length).toBeGreaterThan(writing.job.text.length);
  expect(await intervals(front, reading.readFrom, whole.over)).not.toEqual([]);
});
