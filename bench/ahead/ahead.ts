/**
 * `npm run -s bench:ahead`: what is left to do after a tap, in reading sessions on the pages of
 * ../shared/assets/pages/readability (sessions.ts). Counts are exact and the same on every adapter.
 *
 *   npm run -s bench:ahead -- [--page NAME[,NAME…]] [--most N] [--cold] [--json]
 *
 * `--cold` reads nothing before the tap. `--most` ends after so many pages.
 */
import { parseArgs } from 'node:util';
import { readPages } from '../../scripts/answers/pages.ts';
import { openCounted } from './counted-model.ts';
import { BOUNDS, runSession, type StepCount, STEPS } from './sessions.ts';

const PAGES = process.env.LINNET_ASSETS ?? '../shared/assets';
/** Share of sessions within a bound. */
const MOSTLY = 0.8;
const { values } = parseArgs({
  options: {
    page: { type: 'string' },
    most: { type: 'string' },
    cold: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const pages = readPages(`${PAGES}/pages/readability`, values.page?.split(',')).slice(
  0,
  Number(values.most ?? 1000),
);
const model = await openCounted('assets/demo');
const sessions: { readonly name: string; readonly steps: readonly StepCount[] }[] = [];
for (const { name, page } of pages) {
  const steps = await runSession(model, page, { ahead: !values.cold });
  sessions.push({ name, steps });
  process.stderr.write(`${name}: ${steps.map(({ after, cold }) => `${after}/${cold}`).join(' ')}\n`);
}
if (values.json) process.stdout.write(`${JSON.stringify(sessions)}\n`);
else process.stdout.write(table());
// Dawn keeps the process alive, so exit explicitly.
process.stdout.write('', () => process.exit(0));

function table(): string {
  const rows = STEPS.map((step, i) => {
    const counts = sessions.map(({ steps }) => steps[i]!);
    const shares = counts.map(({ after, cold }) => after / cold).sort((a, b) => a - b);
    const within = shares.filter((share) => share <= BOUNDS[step]).length;
    const mean = (of: (count: StepCount) => number) =>
      Math.round(counts.reduce((sum, count) => sum + of(count), 0) / counts.length);
    const cells = [
      step,
      mean(({ cold }) => cold),
      mean(({ before }) => before),
      mean(({ after }) => after),
      percent(shares[Math.floor(shares.length / 2)]!),
      percent(shares[Math.ceil(shares.length * MOSTLY) - 1]!),
      `${within} of ${shares.length} ≤ ${percent(BOUNDS[step])}`,
      mean(({ dispatches }) => dispatches),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const head = [
    'step',
    'tokens of the prompts',
    'run before the tap',
    'after it',
    'median',
    '80 % at most',
    'within the bound',
    'dispatches after it',
  ];
  return [`| ${head.join(' | ')} |`, '|---|--:|--:|--:|--:|--:|---|--:|', ...rows, ''].join('\n');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
