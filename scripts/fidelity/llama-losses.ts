/** What the same ids cost on llama.cpp, from the same file. */
import { openLlama } from '../answers/llama-module.ts';
import { normaliserOf } from './compare.ts';

/** Tokens evaluated at a time; each has a table of all its logits. */
const PART = 16;

/** Resolves to the negative log-likelihood of each id after the first of a text, text by text. */
export async function llamaLosses(
  folder: string,
  path: string,
  texts: readonly (readonly number[])[],
): Promise<number[]> {
  const { model, sequence } = await openLlama(folder, path);
  const losses: number[] = [];
  for (const ids of texts) {
    await sequence.eraseContextTokenRanges([{ start: 0, end: sequence.nextTokenIndex }]);
    for (let at = 0; at + 1 < ids.length; at += PART) {
      const part = ids.slice(at, Math.min(at + PART, ids.length - 1));
      const results = await sequence.controlledEvaluate(
        part.map((id) => [id, { generateNext: { logits: true } }] as const),
      );
      for (const [i, result] of results.entries()) {
        const logits = result?.next.logits;
        if (logits === undefined) throw new Error('llama.cpp returned no logits');
        const { log } = normaliserOf(Float32Array.from(logits.values()));
        losses.push(log - logits.get(ids[at + i + 1]!)!);
      }
    }
  }
  await model.dispose();
  return losses;
}
