/** One engine in one page: whether it computes what the others do, and only then what a prompt and a token cost. */
import type { Page } from 'playwright/test';
import type { PeersBrowser } from './browser.ts';
import { type Agreement, CHECK_PROMPT, CHECK_TOKENS, compare, type Reference, TOLERANCE } from './check.ts';
import type { Counts, Field } from './page/counts.ts';
import type { OpenOptions } from './page/engine.ts';
import type { Answer, PeerName } from './page/page.ts';
import { promptOf } from './tokens.ts';

export interface Setting extends Omit<OpenOptions, 'model' | 'packages' | 'capacity'> {
  readonly vocabulary: number;
  readonly prompt: number;
  readonly tokens: number;
}

export interface Measured {
  readonly name: PeerName;
  readonly version: string;
  /** An engine of WebAssembly falls back to the processor by itself. */
  readonly runsOn: 'WebGPU' | 'processor';
  /** Absent for the engine that the others are held against. */
  readonly agreement?: Agreement;
  readonly prefillTokensPerSecond: number;
  readonly decodeTokensPerSecond: number;
  readonly timeToFirstTokenMs: number;
  /** Of the page's process with its workers; the GPU's process is another. */
  readonly cpuMsPerToken: number;
  /** Calls and bytes. */
  readonly perToken: Readonly<Record<PerToken, number>>;
  readonly peakBytes: number;
}

export type PerToken = Exclude<Field, 'liveBytes' | 'peakBytes'>;

/** Tokens before the counted ones: buffers are pooled, steps are ahead. At the end steps are no longer ahead. */
const WARM_UP = 4;
const COOL_DOWN = 2;
/** Enough for one counted token. */
export const FEWEST_TOKENS = WARM_UP + COOL_DOWN + 2;

/** Of the command; the process's clock ticks in hundredths of a second, so the least of several is taken. */
const ROUNDS = 2;

/**
 * Without a reference this engine becomes it.
 * @throws Error where the engine fails, or computes something else than the reference
 */
export async function measure(
  browser: PeersBrowser,
  name: PeerName,
  setting: Setting,
  reference: Reference | undefined,
): Promise<{ measured: Measured; reference: Reference }> {
  const { activations, prompt, tokens } = setting;
  const capacity = 64 * Math.ceil((Math.max(prompt, CHECK_PROMPT + CHECK_TOKENS) + tokens + 1) / 64);
  const page = await browser.open();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  try {
    const options: OpenOptions = { model: '/model', packages: '/packages', activations, capacity };
    const version = await page.evaluate(([n, o]) => peer.open(n, o), [name, options] as const);
    const checked = await check(page, setting, reference);
    const { runsOn, agreement } = checked;
    const costs = await cost(browser, page, setting);
    const measured = { name, version, runsOn, ...(agreement === undefined ? {} : { agreement }), ...costs };
    return { measured, reference: checked.reference };
  } catch (error) {
    throw new Error(
      `${name}: ${[error instanceof Error ? error.message : String(error), ...errors].join('\n')}`,
    );
  } finally {
    await page.context().close();
  }
}

const generate = (page: Page, prompt: readonly number[], tokens: number): Promise<Answer> =>
  page.evaluate(([p, n]) => peer.generate(p, n), [prompt, tokens] as const);

async function check(page: Page, { vocabulary, activations }: Setting, reference: Reference | undefined) {
  const prompt = promptOf(CHECK_PROMPT, vocabulary, 0);
  const best = await page.evaluate((p) => peer.best(p), prompt);
  const { ids, counts } = await generate(page, prompt, CHECK_TOKENS);
  const runsOn = (counts.at(-1)?.dispatches ?? 0) > 0 ? ('WebGPU' as const) : ('processor' as const);
  if (reference !== undefined) {
    const tolerance = TOLERANCE[runsOn === 'WebGPU' ? activations : 'bytes'];
    return { runsOn, reference, agreement: compare(reference, { ids, best }, tolerance) };
  }
  const all = [best];
  for (let i = 1; i < ids.length; i++)
    all.push(await page.evaluate((p) => peer.best(p), [...prompt, ...ids.slice(0, i)]));
  return { runsOn, reference: { ids, best: all } };
}

async function cost(browser: PeersBrowser, page: Page, { vocabulary, prompt, tokens }: Setting) {
  let seed = 1;
  const ask = async (count: number) => {
    const before = await browser.cpuSeconds();
    const answer = await generate(page, promptOf(prompt, vocabulary, seed++), count);
    const after = await browser.cpuSeconds();
    // The page's own process is the busiest; Chromium keeps others ready.
    const seconds = Math.max(...[...after].map(([id, now]) => now - (before.get(id) ?? now)));
    return { answer, seconds };
  };
  await ask(tokens); // shaders compile at their first use
  const [short, long] = [[], []] as [Awaited<ReturnType<typeof ask>>[], Awaited<ReturnType<typeof ask>>[]];
  for (let round = 0; round < ROUNDS; round++) {
    short.push(await ask(1));
    long.push(await ask(tokens));
  }
  const least = (asked: typeof long) => Math.min(...asked.map(({ seconds }) => seconds));
  const cpuMsPerToken = Math.max(0, (1000 * (least(long) - least(short))) / (tokens - 1));
  return { cpuMsPerToken, ...figures((long.at(-1) as (typeof long)[0]).answer, prompt) };
}

function figures({ times, counts }: Answer, prompt: number) {
  const first = times[0] as number;
  const [from, to] = [WARM_UP, times.length - 1 - COOL_DOWN];
  const [start, end] = [counts[from], counts[to]] as [Counts, Counts];
  const { liveBytes, peakBytes, ...totals } = end;
  const per = (field: PerToken) => (totals[field] - start[field]) / (to - from);
  return {
    timeToFirstTokenMs: first,
    prefillTokensPerSecond: (1000 * prompt) / first,
    decodeTokensPerSecond: (1000 * (to - from)) / ((times[to] as number) - (times[from] as number)),
    perToken: Object.fromEntries(
      (Object.keys(totals) as PerToken[]).map((field) => [field, per(field)]),
    ) as Record<PerToken, number>,
    peakBytes,
  };
}
