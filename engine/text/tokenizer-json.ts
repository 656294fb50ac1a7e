/**
 * Validates tokenizer.json. The library that runs it checks little, and guesses where a type is unknown.
 */
import { fail } from '../base/errors.ts';

export interface TokenizerJson {
  readonly model: Record<string, unknown>;
  readonly decoder: unknown;
  readonly [part: string]: unknown;
}

const MODELS = ['BPE', 'Unigram', 'WordPiece'];
const PARTS = ['normalizer', 'pre_tokenizer', 'post_processor', 'decoder'] as const;
/** Exclusive upper bound of ids, above any published vocabulary. Ids become array indices. */
const ID_LIMIT = 2 ** 24;

/** Returns the same object with absent parts set to null. Throws `tokenizer-damaged` with the damaged part. */
export function checkTokenizerJson(json: Readonly<Record<string, unknown>>): TokenizerJson {
  const { model } = json;
  if (!isObject(model)) damaged('model', 'an object', model);
  checkModel(model);
  const added = json.added_tokens ?? [];
  if (!Array.isArray(added)) damaged('added_tokens', 'a list', added);
  for (const [i, token] of added.entries()) {
    const where = `added_tokens[${i}]`;
    if (!isObject(token)) damaged(where, 'an object', token);
    if (typeof token.content !== 'string' || token.content === '')
      damaged(`${where}.content`, 'a text', token.content);
    if (!isId(token.id)) damaged(`${where}.id`, `an integer from 0 to ${ID_LIMIT - 1}`, token.id);
  }
  for (const part of PARTS) {
    const value = json[part] ?? null;
    if (value === null) continue;
    if (!isObject(value)) damaged(part, 'an object or null', value);
    else if (typeof value.type !== 'string') damaged(`${part}.type`, 'a text', value.type);
  }
  const parts = Object.fromEntries(PARTS.map((part) => [part, json[part] ?? null]));
  return { ...json, ...parts, added_tokens: added, model, decoder: json.decoder ?? null };
}

function checkModel(model: Record<string, unknown>): void {
  // Files from before 2021 have no type; a list of merges implies BPE.
  const type = model.type ?? (Array.isArray(model.merges) ? 'BPE' : undefined);
  if (typeof type !== 'string' || !MODELS.includes(type)) {
    damaged('model.type', MODELS.join(', '), model.type);
  }
  if (type === 'Unigram') {
    const { vocab } = model;
    const sound = (x: unknown) => Array.isArray(x) && typeof x[0] === 'string' && typeof x[1] === 'number';
    if (!Array.isArray(vocab) || vocab.length === 0) damaged('model.vocab', 'a list of [text, score]', vocab);
    const wrong = vocab.findIndex((x) => !sound(x));
    if (wrong >= 0) damaged(`model.vocab[${wrong}]`, '[text, score]', vocab[wrong]);
    return;
  }
  const { vocab } = model;
  if (!isObject(vocab)) damaged('model.vocab', 'an object of text to id', vocab);
  let entries = 0;
  for (const [token, id] of Object.entries(vocab)) {
    if (!isId(id)) damaged(`model.vocab["${token}"]`, `an integer from 0 to ${ID_LIMIT - 1}`, id);
    entries++;
  }
  if (entries === 0) damaged('model.vocab', 'at least one token', 'none');
  if (type === 'BPE') checkMerges(model.merges);
}

function checkMerges(merges: unknown): void {
  if (!Array.isArray(merges)) damaged('model.merges', 'a list of pairs', merges);
  const paired = Array.isArray(merges[0]);
  const sound = (m: unknown) =>
    paired
      ? Array.isArray(m) && m.length === 2 && m.every((part) => typeof part === 'string')
      : typeof m === 'string' && m.includes(' ');
  const wrong = merges.findIndex((m) => !sound(m));
  if (wrong >= 0) damaged(`model.merges[${wrong}]`, paired ? '[text, text]' : '"text text"', merges[wrong]);
}

function isId(x: unknown): boolean {
  return Number.isInteger(x) && (x as number) >= 0 && (x as number) < ID_LIMIT;
}

export function isObject(x: unknown): x is Record<string, unknown> {
  return typeof x === 'object' && x !== null && !Array.isArray(x);
}

function damaged(where: string, expected: string, got: unknown): never {
  fail('tokenizer-damaged', {
    who: 'tokenizer.json',
    where,
    message: 'this part is damaged or of an unknown kind',
    expected,
    got: (JSON.stringify(got) ?? 'nothing').slice(0, 80),
  });
}
