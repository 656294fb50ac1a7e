/** The table of one model in Markdown. */
import { pairedError, perplexityOf } from './compare.ts';
import type { FormRow } from './measure.ts';

/**
 * The first row is that of the own values. `llama`: what each token cost llama.cpp on the same file. After ± stands the
 * standard error of the difference in perplexity.
 */
export function formTable(name: string, rows: readonly FormRow[], llama?: readonly number[]): string {
  const [own] = rows as [FormRow];
  const change = (losses: readonly number[]) => {
    const error = pairedError(losses, own.deviation.losses);
    const share = perplexityOf(losses) / own.deviation.perplexity - 1;
    return `${percent(share)}${error === 0 ? '' : ` ± ${(100 * error).toFixed(2)}`}`;
  };
  const lines = rows.map(({ form, weights, bitsPerWeight, deviation }) => {
    const { perplexity, losses, meanDivergence, highDivergence, sameChoice } = deviation;
    const title = form === 'f32' ? 'own values, f32' : form === 'default' ? `${weights}, by default` : form;
    return row([
      title,
      bitsPerWeight.toFixed(2),
      perplexity.toFixed(3),
      change(losses),
      meanDivergence.toFixed(4),
      highDivergence.toFixed(3),
      `${(100 * sameChoice).toFixed(1)} %`,
    ]);
  });
  if (llama !== undefined)
    lines.push(row(['llama.cpp', '', perplexityOf(llama).toFixed(3), change(llama), '', '', '']));
  const head = ['form', 'bits a weight', 'perplexity', '', 'divergence', '99 %', 'same choice'];
  const tokens = own.deviation.tokens.toLocaleString('en');
  return [
    `${name}, ${tokens} tokens`,
    '',
    row(head),
    row(['---', '--:', '--:', '--:', '--:', '--:', '--:']),
    ...lines,
    '',
  ].join('\n');
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const percent = (share: number): string => `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(2)} %`;
