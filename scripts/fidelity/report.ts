/** The table of one model in Markdown. */
import type { FormRow } from './measure.ts';

/** `llama`: llama.cpp's perplexity on the same file. The first row is that of the own values. */
export function formTable(name: string, rows: readonly FormRow[], llama?: number): string {
  const [own] = rows as [FormRow];
  const lines = rows.map(({ form, weights, bitsPerWeight, deviation }) => {
    const { perplexity, meanDivergence, highDivergence, sameChoice } = deviation;
    const title = form === 'f32' ? 'own values, f32' : form === 'default' ? `${weights}, by default` : form;
    return row([
      title,
      bitsPerWeight.toFixed(2),
      perplexity.toFixed(3),
      percent(perplexity / own.deviation.perplexity - 1),
      meanDivergence.toFixed(4),
      highDivergence.toFixed(3),
      `${(100 * sameChoice).toFixed(1)} %`,
    ]);
  });
  if (llama !== undefined)
    lines.push(
      row(['llama.cpp', '', llama.toFixed(3), percent(llama / own.deviation.perplexity - 1), '', '', '']),
    );
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
