/** Where steps run: in a page of Chromium, or in this process. All times are processor time of the thread that runs the engine. */
import { openDawn } from '../../cli/dawn.ts';
import type { AdapterName } from '../../cli/dawn.ts';
import { ADAPTERS, type BrowserAdapter, openBrowser } from '../browser/browser.ts';
import type { CDPSession } from 'playwright/test';
import { type StepsRunner, stepsRunner } from './decode.ts';

export interface StepsPlace extends Omit<StepsRunner, 'watched'> {
  /** Processor time so far, in milliseconds. */
  threadMs(): Promise<number>;
  /** Milliseconds of processor time of each call that submits a step, of one round. */
  callsMs(name: string, tokens: number): Promise<number[]>;
  close(): Promise<void>;
}

export async function openInChromium(adapter: string): Promise<StepsPlace> {
  if (!(ADAPTERS as readonly string[]).includes(adapter))
    throw new Error(`--adapter ${adapter}: choose from ${ADAPTERS.join(', ')}`);
  const browser = await openBrowser(adapter as BrowserAdapter, {
    title: 'steps',
    scripts: [{ entry: 'bench/steps/page.ts', name: 'page.js', format: 'es' }],
  });
  const page = await browser.open();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  return {
    open: (name, options) => page.evaluate(([n, o]) => steps.open(n, o), [name, options] as const),
    round: (name, tokens) => page.evaluate(([n, t]) => steps.round(n, t), [name, tokens] as const),
    count: (name, tokens) => page.evaluate(([n, t]) => steps.count(n, t), [name, tokens] as const),
    async threadMs() {
      const { metrics } = await cdp.send('Performance.getMetrics');
      const time = metrics.find(({ name }) => name === 'ThreadTime');
      if (time === undefined) throw new Error('this Chromium does not report ThreadTime');
      return time.value * 1000;
    },
    callsMs: (name, tokens) =>
      markedMs(cdp, () => page.evaluate(([n, t]) => steps.watched(n, t), [name, tokens] as const)),
    close: () => browser.close(),
  };
}

/** An event of Chromium's trace; `tts` is the processor time of its thread in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly cat: string;
  readonly tts?: number;
}

/** Runs `work`; returns the processor time between the two marks of each step. */
async function markedMs(cdp: CDPSession, work: () => Promise<void>): Promise<number[]> {
  const events: TraceEvent[] = [];
  const take = ({ value }: { value: object[] }) => {
    events.push(...(value as TraceEvent[]).filter(({ cat }) => cat === 'blink.user_timing'));
  };
  cdp.on('Tracing.dataCollected', take);
  const complete = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve));
  const traceConfig = { includedCategories: ['blink.user_timing'] };
  await cdp.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig });
  await work();
  await cdp.send('Tracing.end');
  await complete;
  cdp.off('Tracing.dataCollected', take);
  const at = (mark: string) => events.filter(({ name }) => name === mark).map(({ tts }) => tts);
  const [begun, ended] = [at('step begins'), at('step ends')];
  return begun.map((from, i) => {
    const to = ended[i];
    if (from === undefined || to === undefined)
      throw new Error('this Chromium does not trace the processor time of marks');
    return (to - from) / 1000;
  });
}

export async function openInNode(adapter: string): Promise<StepsPlace> {
  const provider = await openDawn(adapter as AdapterName);
  const threadMs = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let calls: number[] = [];
  let begun = 0;
  const { watched, ...runner } = stepsRunner(provider, {
    begin() {
      begun = threadMs();
    },
    end: () => void calls.push(threadMs() - begun),
  });
  return {
    ...runner,
    threadMs: async () => threadMs(),
    async callsMs(name, tokens) {
      calls = [];
      await watched(name, tokens);
      return calls;
    },
    close: async () => {},
  };
}
