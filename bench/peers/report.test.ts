import { expect, test } from 'vitest';
import type { PeerName } from './page/page.ts';
import { table } from './report.ts';
import type { PeerResult } from './measure.ts';

const report = (name: PeerName, dispatches: number, more: Partial<PeerResult> = {}): PeerResult => ({
  name,
  version: '1',
  runsOn: 'WebGPU',
  cpuMsPerToken: 0,
  peakBytes: 2e6,
  timeToFirstTokenMs: 10,
  coldFirstTokenMs: 1000,
  prefillTokensPerSecond: 8,
  decodeTokensPerSecond: 4,
  perToken: {
    dispatches,
    submits: 1,
    buffers: 0,
    bindGroups: dispatches,
    pipelines: 0,
    copies: 0,
    writes: 1,
    bytesWritten: 20_000,
    readbacks: 1,
    bytesRead: 4,
  },
  ...more,
});

test('Linnet is the first column, and the others show multiples of it', () => {
  const agreement = { largest: 0.0021, same: 15, of: 16 };
  const text = table([report('wllama', 88), report('linnet', 24, { agreement })]);
  expect(text).toContain('|  | linnet | wllama |');
  expect(text).toContain('| dispatches per token | 24 | 88 (3.7×) |');
  expect(text).toContain('| equal greedy tokens | 15 of 16 | reference |');
  expect(text).toContain('| log-probabilities differ by | 2e-3 | reference |');
  expect(text).toContain('| bytes written | 20.0 kB | 20.0 kB (1.0×) |');
});

test('shows no multiple of zero', () => {
  const linnet = report('linnet', 0);
  expect(table([linnet, report('wllama', 5)])).toContain('| new bind groups | 0 | 5 |');
});
