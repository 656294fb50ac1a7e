/** Formats the results as a Markdown table: one line per figure, one column per engine, with multiples of Linnet's. */
import type { PeerResult } from './measure.ts';

type TableLine = readonly [label: string, value: (e: PeerResult) => number, show: (value: number) => string];

const whole = (x: number) => (Number.isInteger(x) ? String(x) : x.toFixed(1));
const bytes = (x: number) => (x < 10_000 ? `${whole(x)} B` : `${(x / 1000).toFixed(1)} kB`);
const tenth = (x: number) => x.toFixed(1);
const ratio = (x: number) => (x >= 10 ? x.toFixed(0) : x.toPrecision(2));

const LINES: readonly TableLine[] = [
  ['dispatches per token', (e) => e.perToken.dispatches, whole],
  ['submits', (e) => e.perToken.submits, whole],
  ['new bind groups', (e) => e.perToken.bindGroups, whole],
  ['new buffers', (e) => e.perToken.buffers, whole],
  ['new pipelines', (e) => e.perToken.pipelines, whole],
  ['buffer copies', (e) => e.perToken.copies, whole],
  ['writeBuffer calls', (e) => e.perToken.writes, whole],
  ['bytes written', (e) => e.perToken.bytesWritten, bytes],
  ['mapAsync readbacks', (e) => e.perToken.readbacks, whole],
  ['bytes read back', (e) => e.perToken.bytesRead, bytes],
  ['CPU ms per token, page', (e) => e.cpuMsPerToken, tenth],
  ['peak of GPU buffers, MB', (e) => e.peakBytes / 1e6, tenth],
  ['prefill tokens/s', (e) => e.prefillTokensPerSecond, tenth],
  ['first token, ms', (e) => e.timeToFirstTokenMs, (x) => x.toFixed(0)],
  ['opened and first token, ms', (e) => e.coldFirstTokenMs, (x) => x.toFixed(0)],
  ['decode tokens/s', (e) => e.decodeTokensPerSecond, tenth],
];

export function table(reports: readonly PeerResult[]): string {
  const linnet = reports.find(({ name }) => name === 'linnet');
  const engines = [...reports].sort((a, b) => Number(b === linnet) - Number(a === linnet));
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const cell = (engine: PeerResult, [, value, show]: TableLine) => {
    const own = value(engine);
    const linnets = linnet === undefined ? 0 : value(linnet);
    const comparable = engine !== linnet && own !== 0 && linnets !== 0;
    return show(own) + (comparable ? ` (${ratio(own / linnets)}×)` : '');
  };
  const text = (label: string, of: (e: PeerResult) => string) => row([label, ...engines.map(of)]);
  return [
    text('', ({ name }) => name),
    text('---', () => '---'),
    text('version', ({ version }) => version),
    text('computes on', ({ runsOn }) => runsOn),
    text(
      'log-probabilities differ by',
      ({ agreement }) => agreement?.largest.toExponential(0) ?? 'reference',
    ),
    text('equal greedy tokens', ({ agreement }) =>
      agreement === undefined ? 'reference' : `${agreement.same} of ${agreement.of}`,
    ),
    ...LINES.map((line) => row([line[0], ...engines.map((engine) => cell(engine, line))])),
  ].join('');
}
