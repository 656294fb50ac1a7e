/**
 * A model on llama.cpp with the interface of a loaded model, as far as the job service uses it: the extension's prompts,
 * guides and checks on another engine. On a machine without a GPU that is several times faster than a GPU in software,
 * and it writes the same words but for rounding. Greedy decoding only; a forced token is a step like any other.
 */
import { basename } from 'node:path';
import { nodeFile } from '../../cli/node-files.ts';
import {
  type GenerateHooks,
  type GenerateRequest,
  type GenerateResult,
  type LoadedModel,
  previewModel,
  type Prompt,
} from '../../engine/index.ts';
import { openLlama, type LlamaSequence, type OpenLlama } from './llama-module.ts';

/** Likeliest ids among which a step finds one that no guide bans. */
const CANDIDATES = 512;

export async function llamaModel(folder: string, path: string, threads?: number): Promise<LoadedModel> {
  const llama = await openLlama(folder, path, threads);
  const name = basename(path).replace(/\.gguf$/, '');
  const preview = await previewModel(nodeFile(path), { weights: 'm0e4' });
  const encode = (prompt: Prompt): number[] => promptIds(llama, prompt);
  const facts: Pick<LoadedModel['facts'], 'model' | 'capacity' | 'thinks'> = {
    model: { ...preview, id: name, name, importedAt: 0 },
    capacity: llama.contextSize,
    thinks: false,
  };
  const loaded: Pick<LoadedModel, 'facts' | 'countTokens' | 'encode' | 'decode' | 'generate' | 'dispose'> = {
    facts: facts as LoadedModel['facts'],
    countTokens: (prompt) => encode(prompt).length,
    encode: (text) => [...llama.model.tokenize(text, false, 'trimLeadingSpace')],
    decode: (ids) => llama.model.detokenize(ids),
    generate: (request, hooks) => generate(llama, encode(request.prompt), request, hooks),
    dispose: () => void llama.model.dispose(),
  };
  return loaded as LoadedModel;
}

function promptIds({ model, frame, LlamaText }: OpenLlama, prompt: Prompt): number[] {
  if (prompt.kind === 'text') return [...model.tokenize(prompt.text, prompt.literal !== true)];
  const history = prompt.messages.map(({ role, content }) =>
    role === 'assistant' ? { type: 'model', response: [content] } : { type: role, text: content },
  );
  const { contextText } = frame.generateContextState({
    chatHistory: [...history, { type: 'model', response: [] }],
  });
  const begun = prompt.begun ?? '';
  return LlamaText([contextText, begun]).tokenize(model.tokenizer);
}

/** Reads what the sequence does not hold yet, and writes one id after the other as the guide says. */
async function generate(
  { model, sequence }: OpenLlama,
  prompt: readonly number[],
  { maxTokens }: GenerateRequest,
  { guide, signal }: GenerateHooks = {},
): Promise<GenerateResult> {
  let ids: number[] = [];
  let forced: readonly number[] = [];
  let stop: GenerateResult['stop'] = 'length';
  let total = 0;
  while (ids.length < maxTokens && signal?.aborted !== true) {
    let banned: readonly number[] = [];
    let allowed: readonly number[] | undefined;
    if (guide !== undefined && forced.length === 0) {
      const step = guide.next({ ids, text: model.detokenize(ids) });
      if (step === 'end') {
        stop = 'guide';
        break;
      }
      if (step !== 'free') {
        if ('rewind' in step) {
          ids = ids.slice(0, step.rewind);
          continue;
        }
        if ('force' in step) forced = step.force;
        if ('ban' in step) banned = step.ban;
        if ('allow' in step) allowed = step.allow;
      }
    }
    const id = forced[0] ?? (await nextId(sequence, [...prompt, ...ids], banned, allowed));
    forced = forced.slice(1);
    total++;
    if (model.isEogToken(id)) {
      stop = 'end';
      break;
    }
    ids.push(id);
  }
  return {
    promptIds: prompt,
    ids,
    thoughtTokens: 0,
    text: model.detokenize(ids),
    stop: signal?.aborted === true ? 'cancelled' : stop,
    timings: { prefillTokensPerSecond: 0, decodeTokensPerSecond: 0, timeToFirstTokenMs: 0 },
    counters: { steps: total } as GenerateResult['counters'],
  };
}

/** The likeliest id after these that may be chosen. */
async function nextId(
  sequence: LlamaSequence,
  ids: readonly number[],
  banned: readonly number[],
  allowed: readonly number[] | undefined,
): Promise<number> {
  await keepCommon(sequence, ids.slice(0, -1));
  const filter = { includeTop: CANDIDATES, tokens: allowed ?? [] };
  const rest = ids.slice(sequence.nextTokenIndex);
  const last = [rest.at(-1)!, { generateNext: { logits: { filter } } }] as const;
  const results = await sequence.controlledEvaluate([...rest.slice(0, -1), last]);
  const logits = results.at(-1)?.next.logits ?? new Map<number, number>();
  let best: readonly [number, number] = [-1, -Infinity];
  for (const entry of logits)
    if (entry[1] > best[1] && !banned.includes(entry[0]) && allowed?.includes(entry[0]) !== false)
      best = entry;
  return best[0];
}

/** Erases what the sequence holds beyond the ids that both have in common. */
async function keepCommon(sequence: LlamaSequence, ids: readonly number[]): Promise<void> {
  const held = sequence.contextTokens;
  let common = 0;
  while (common < held.length && held[common] === ids[common]) common++;
  if (common < held.length) await sequence.eraseContextTokenRanges([{ start: common, end: held.length }]);
}
