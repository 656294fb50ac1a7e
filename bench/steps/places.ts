/** Where steps run: in a page of Chromium, or in this process. */
import { openDawn } from '../../cli/dawn.ts';
import type { AdapterName } from '../../cli/dawn.ts';
import { ADAPTERS, type BrowserAdapter, openBrowser } from '../browser/browser.ts';
import { type StepsRunner, stepsRunner } from './decode.ts';

export interface StepsPlace extends StepsRunner {
  /** Processor time so far of the thread that runs the engine, in milliseconds. */
  threadMs(): Promise<number>;
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
    close: () => browser.close(),
  };
}

export async function openInNode(adapter: string): Promise<StepsPlace> {
  const provider = await openDawn(adapter as AdapterName);
  return {
    ...stepsRunner(provider),
    async threadMs() {
      const { user, system } = process.threadCpuUsage();
      return (user + system) / 1000;
    },
    close: async () => {},
  };
}
