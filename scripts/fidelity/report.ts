/** The table of one model in Markdown. */
import { type Deviation, pairedError } from './compare.ts';
import type { LlamaRow } from './llama.ts';
import type { FormRow } from './measure.ts';

const HEAD = [
  'form',
  'bits a weight',
  'between embedding and head',
  'perplexity',
  '',
  'divergence',
  '99 %',
  'same choice',
];

/**
 * The first row of either engine is that of the own values, with which the others are compared; `llama` is empty where
 * llama.cpp was not asked, `rows` where it alone was. After ± stands the standard error of the difference in perplexity.
 */
export function formTable(name: string, rows: readonly FormRow[], llama: readonly LlamaRow[] = []): string {
  const tokens = (rows[0] ?? llama[0])?.deviation.tokens ?? 0;
  return [
    `${name}, ${tokens.toLocaleString('en')} tokens`,
    '',
    row(HEAD),
    row(['---', ...HEAD.slice(1).map(() => '--:')]),
    ...rows.map((one) => line(titleOf(one), one, rows[0] as FormRow)),
    ...llama.map((one) => line(llamaTitle(one), one, llama[0] as LlamaRow)),
    '',
  ].join('\n');
}

interface Measured {
  readonly bitsPerWeight: number;
  readonly bitsBetween: number;
  readonly deviation: Deviation;
}

function line(title: string, one: Measured, own: Measured): string {
  const { perplexity, losses, meanDivergence, highDivergence, sameChoice } = one.deviation;
  const bits = [one.bitsPerWeight.toFixed(2), one.bitsBetween.toFixed(2), perplexity.toFixed(3)];
  if (one === own) return row([title, ...bits, '', '', '', '']);
  const error = 100 * pairedError(losses, own.deviation.losses);
  return row([
    title,
    ...bits,
    `${percent(perplexity / own.deviation.perplexity - 1)} ± ${error.toFixed(2)}`,
    meanDivergence.toFixed(4),
    highDivergence.toFixed(3),
    `${(100 * sameChoice).toFixed(1)} %`,
  ]);
}

const titleOf = ({ form, weights }: FormRow): string =>
  form === 'f32' ? 'own values, f32' : form === 'default' ? `\`${weights}\`, by default` : `\`${form}\``;

function llamaTitle({ form }: LlamaRow): string {
  if (form === 'own') return 'llama.cpp, own values, f32';
  if (form === 'published') return 'llama.cpp, the file as it runs it';
  return `llama.cpp, ${form.replace('+imatrix', ' with imatrix')}`;
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const percent = (share: number): string => `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(2)} %`;
