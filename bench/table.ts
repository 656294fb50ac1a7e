/** Formats results as a Markdown table. */
import type { BenchResult } from './measure.ts';

export interface BenchRow {
  readonly shape: string;
  readonly setting: string;
  readonly prompt: number;
  readonly measured: BenchResult;
}

const COLUMNS: readonly [string, (m: BenchResult) => string][] = [
  ['prefill tok/s', (m) => m.prefillTokensPerSecond.toFixed(1)],
  ['decode tok/s', (m) => m.decodeTokensPerSecond.toFixed(1)],
  ['first token ms', (m) => m.timeToFirstTokenMs.toFixed(0)],
  ['reused prefix ms', (m) => m.timeToFirstTokenReusedMs.toFixed(0)],
  ['dispatches', (m) => m.dispatchesPerToken.toFixed(0)],
  ['per layer', (m) => m.dispatchesPerLayer.toFixed(1)],
  ['submits', (m) => m.submitsPerToken.toFixed(0)],
  ['created', (m) => m.createdPerToken.toFixed(0)],
  ['8 rows / 1', (m) => m.eightRowsOverOne.toFixed(2)],
  ['read back', (m) => `${m.readbackBytesPerToken.toFixed(0)} B`],
  ['JS ms', (m) => m.jsMsPerToken.toFixed(2)],
  ['weights read / stored', (m) => m.weightBytesReadOverStored.toFixed(3)],
  ['peak / (weights + cache)', (m) => m.peakOverWeightsAndCache.toFixed(3)],
  ['weights MB', (m) => (m.weightBytes / 1e6).toFixed(1)],
];

const cells = (of: readonly string[]) => `| ${of.join(' | ')} |\n`;

/** The first two lines of the table. */
export function tableHead(): string {
  const names = ['shape', 'prompt', 'setting', ...COLUMNS.map(([name]) => name)];
  return cells(names) + cells(names.map(() => '---'));
}

export function tableRow({ shape, prompt, setting, measured }: BenchRow): string {
  return cells([shape, String(prompt), setting, ...COLUMNS.map(([, show]) => show(measured))]);
}
