/** Formats results for people to read, and writes an answer while it is made. */
import type {
  DialogueReport,
  EmbedderFacts,
  GenerateEvent,
  GenerateResult,
  ModelFacts,
} from '../engine/index.ts';

export function formatCost({ ids, stop, timings, counters }: GenerateResult, facts: ModelFacts): string {
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;
  const { createdPerToken: created } = counters;
  return [
    `${ids.length} tokens (${stop}) on ${facts.adapter.name}, weights ${facts.model.weights}, activations ${facts.activations}, cache ${facts.cache}`,
    `prefill ${timings.prefillTokensPerSecond.toFixed(1)} tokens/s, decode ${timings.decodeTokensPerSecond.toFixed(1)} tokens/s, first token after ${timings.timeToFirstTokenMs.toFixed(0)} ms`,
    `per token: ${counters.dispatchesPerToken} dispatches, ${counters.submitsPerToken} submits, ${counters.jsMsPerToken.toFixed(3)} ms of JavaScript, ${counters.readbackBytesPerToken} bytes read back, ${mb(counters.weightBytesReadPerToken)} of weights`,
    `created per token: ${created.buffers} buffers, ${created.bindGroups} bind groups, ${created.pipelines} pipelines`,
    `GPU memory: weights ${mb(counters.weightBytes)}, cache ${mb(counters.cacheBytes)}, peak ${mb(counters.peakGpuBytes)}`,
    '',
  ].join('\n');
}

/**
 * Takes the events of an answer and writes its text with `out`. Text that was written cannot be taken back, so an answer
 * that begins anew follows after a blank line. `notice` says why it begins anew.
 */
export function liveWriter(out: (text: string) => void, notice: (text: string) => void) {
  let wrote = false;
  return (event: GenerateEvent): void => {
    if (event.kind === 'token') {
      wrote = true;
      out(event.text);
    }
    if (event.kind !== 'precision') return;
    if (wrote) out('\n\n');
    notice(`numbers exceeded f16; the answer begins anew, with activations ${event.activations}\n`);
  };
}

/** What to know of a model's template and ends, in lines; empty where there is nothing. */
export function formatDialogue(dialogue: DialogueReport | undefined): string {
  if (dialogue === undefined) return '';
  const { own, standIn, problem, line, near, without = [], endless } = dialogue;
  const place = line === undefined ? '' : `, line ${line}: ${near}`;
  const used = standIn === undefined ? 'contents are joined' : `the known format ${standIn} stands in`;
  const lines = [
    own === 'failed' && `the chat template cannot run; ${used} (${problem}${place})`,
    own === 'refused' && `the chat template refuses a plain question (${problem}${place})`,
    own === 'absent' && `there is no chat template; ${used}`,
    without.includes('system') &&
      'the format has no place for a system text, which is put before the first question',
    without.includes('earlier') && 'the format shows the last question only',
    endless === true && 'no file and no template names a token that ends an answer',
  ];
  return lines.flatMap((text) => (text === false ? [] : [`${text}\n`])).join('');
}

/** The ten likeliest tokens with their logits. */
export function formatLogits(ids: readonly number[], logits: Float32Array): string {
  const best = Array.from(logits, (logit, id) => ({ id, logit }))
    .sort((a, b) => b.logit - a.logit || a.id - b.id)
    .slice(0, 10);
  return `after ${ids.length} tokens:\n${best.map(({ id, logit }) => `  ${id}  ${logit.toFixed(5)}\n`).join('')}`;
}

/** A line for each text: its tokens, and the cosines with it and the texts before. */
export function formatEmbeddings(
  vectors: readonly Float32Array[],
  tokens: readonly number[],
  { width, maxTokens, dispatches, adapter }: EmbedderFacts,
): string {
  const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
  const lines = vectors.map((vector, i) => {
    const likeness = vectors.slice(0, i + 1).map((other) => cosine(vector, other).toFixed(4));
    return `${i}\t${tokens[i]} tokens\t${likeness.join(' ')}`;
  });
  const facts = `vectors of ${width} numbers, at most ${maxTokens} tokens a text, ${dispatches} dispatches a run on ${adapter.name}`;
  return `${[facts, ...lines].join('\n')}\n`;
}
