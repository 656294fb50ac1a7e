/** Measures one engine in one page: first checks that it computes the same as the others, then the cost of tokens. */
import type { Page } from 'playwright/test';
import type { BenchBrowser } from '../browser/browser.ts';
import {
  type Agreement,
  CHECK_PROMPT,
  CHECK_TOKENS,
  compare,
  type ReferenceTrace,
  TOLERANCE,
} from './check.ts';
import type { CountField, GpuCounts } from './page/counts.ts';
import type { OpenOptions } from './page/engine.ts';
import type { PeerAnswer, PeerName } from './page/page.ts';
import { promptOf } from './model/tokens.ts';

export interface PeerSetting extends Omit<OpenOptions, 'model' | 'packages' | 'capacity'> {
  readonly vocabulary: number;
  readonly prompt: number;
  readonly tokens: number;
}

export interface PeerResult {
  readonly name: PeerName;
  readonly version: string;
  /** A WebAssembly engine may fall back to the CPU without an error. */
  readonly runsOn: 'WebGPU' | 'CPU';
  /** Absent for the reference engine. */
  readonly agreement?: Agreement;
  readonly prefillTokensPerSecond: number;
  readonly decodeTokensPerSecond: number;
  readonly timeToFirstTokenMs: number;
  /** The model opened and a prompt read; shaders are compiled meanwhile, by a driver whose cache is as it is. */
  readonly coldFirstTokenMs: number;
  /** CPU time of the renderer process including workers, without the GPU process. */
  readonly cpuMsPerToken: number;
  /** Counts of calls and bytes. */
  readonly perToken: Readonly<Record<PerToken, number>>;
  readonly peakBytes: number;
}

export type PerToken = Exclude<CountField, 'liveBytes' | 'peakBytes'>;

/** Tokens before the measured ones: buffers are pooled and steps run ahead. The last steps no longer run ahead. */
const WARM_UP = 4;
const COOL_DOWN = 2;
/** Enough for one measured token. */
export const MIN_TOKENS = WARM_UP + COOL_DOWN + 2;

/** Repetitions. The process clock has a resolution of 10 ms, so the minimum of several runs is used. */
const ROUNDS = 2;

/**
 * Measures an engine. Without `reference`, this engine becomes the reference. Throws an Error if the engine fails or
 * computes something else than the reference.
 */
export async function measure(
  browser: BenchBrowser,
  name: PeerName,
  setting: PeerSetting,
  reference: ReferenceTrace | undefined,
): Promise<{ measured: PeerResult; reference: ReferenceTrace }> {
  const { activations, prompt, tokens } = setting;
  const capacity = 64 * Math.ceil((Math.max(prompt, CHECK_PROMPT + CHECK_TOKENS) + tokens + 1) / 64);
  const page = await browser.open();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  try {
    const options: OpenOptions = { model: '/model', packages: '/packages', activations, capacity };
    const { version, openMs } = await page.evaluate(([n, o]) => peer.open(n, o), [name, options] as const);
    const { times } = await generate(page, promptOf(prompt, setting.vocabulary, 0), 1);
    const coldFirstTokenMs = openMs + (times[0] as number);
    const checked = await check(page, setting, reference);
    const { runsOn, agreement } = checked;
    const costs = await cost(browser, page, setting);
    const measured = {
      name,
      version,
      runsOn,
      ...(agreement === undefined ? {} : { agreement }),
      coldFirstTokenMs,
      ...costs,
    };
    return { measured, reference: checked.reference };
  } catch (error) {
    throw new Error(
      `${name}: ${[error instanceof Error ? error.message : String(error), ...errors].join('\n')}`,
    );
  } finally {
    await page.context().close();
  }
}

const generate = (page: Page, prompt: readonly number[], tokens: number): Promise<PeerAnswer> =>
  page.evaluate(([p, n]) => peer.generate(p, n), [prompt, tokens] as const);

async function check(
  page: Page,
  { vocabulary, activations }: PeerSetting,
  reference: ReferenceTrace | undefined,
) {
  const prompt = promptOf(CHECK_PROMPT, vocabulary, 0);
  const best = await page.evaluate((p) => peer.best(p), prompt);
  const { ids, counts } = await generate(page, prompt, CHECK_TOKENS);
  const runsOn = (counts.at(-1)?.dispatches ?? 0) > 0 ? ('WebGPU' as const) : ('CPU' as const);
  if (reference !== undefined) {
    const tolerance = TOLERANCE[runsOn === 'WebGPU' ? activations : 'bytes'];
    return { runsOn, reference, agreement: compare(reference, { ids, best }, tolerance) };
  }
  const all = [best];
  for (let i = 1; i < ids.length; i++)
    all.push(await page.evaluate((p) => peer.best(p), [...prompt, ...ids.slice(0, i)]));
  return { runsOn, reference: { ids, best: all } };
}

async function cost(browser: BenchBrowser, page: Page, { vocabulary, prompt, tokens }: PeerSetting) {
  let seed = 1;
  const ask = async (count: number) => {
    const before = await browser.cpuSeconds();
    const answer = await generate(page, promptOf(prompt, vocabulary, seed++), count);
    const after = await browser.cpuSeconds();
    // Chromium also has spare renderer processes; the page's process is the busiest one.
    const seconds = Math.max(...[...after].map(([id, now]) => now - (before.get(id) ?? now)));
    return { answer, seconds };
  };
  await ask(tokens); // warm-up: shaders compile at their first use
  const [short, long] = [[], []] as [Awaited<ReturnType<typeof ask>>[], Awaited<ReturnType<typeof ask>>[]];
  for (let round = 0; round < ROUNDS; round++) {
    short.push(await ask(1));
    long.push(await ask(tokens));
  }
  const least = (asked: typeof long) => Math.min(...asked.map(({ seconds }) => seconds));
  const cpuMsPerToken = Math.max(0, (1000 * (least(long) - least(short))) / (tokens - 1));
  return { cpuMsPerToken, ...figures((long.at(-1) as (typeof long)[0]).answer, prompt) };
}

function figures({ times, counts }: PeerAnswer, prompt: number) {
  const first = times[0] as number;
  const [from, to] = [WARM_UP, times.length - 1 - COOL_DOWN];
  const [start, end] = [counts[from], counts[to]] as [GpuCounts, GpuCounts];
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
