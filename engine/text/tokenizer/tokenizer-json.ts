/**
 * Validates tokenizer.json: its vocabulary, and limits on whatever a text's cost depends on. What a part means, and
 * which kinds there are, is checked where it is read (`pipeline.ts`).
 */
import { fail } from '../../base/errors.ts';
import { checkPart } from './tokenizer-parts.ts';

export interface TokenizerJson {
  readonly model: Record<string, unknown>;
  readonly decoder: unknown;
  readonly [part: string]: unknown;
}

const MODELS = ['BPE', 'Unigram', 'WordPiece', 'WordLevel'];
const PARTS = ['normalizer', 'pre_tokenizer', 'post_processor', 'decoder'] as const;
/** Exclusive upper bound of ids, above any published vocabulary. Ids become array indices. */
const ID_LIMIT = 2 ** 24;

/** Limits on lists of tokens; a file above one is refused. */
export const TOKEN_LIMITS = {
  /** Tokens that are searched for in every text; Gemma 3 has 6,415. */
  added: 16_384,
  /** UTF-16 units of one of them, and of all together: a table has an entry for each beginning of each token. */
  addedLength: 1024,
  addedTotal: 2 ** 20,
  /** The same for a Unigram vocabulary; XLM-RoBERTa's has 1.3 million units. */
  unigramLength: 256,
  unigramTotal: 2 ** 23,
  /** `max_input_chars_per_word` of WordPiece, whose cost grows with its square; files have 100. */
  wordLength: 1000,
  /** Merges of BPE; the largest files have 515,000. */
  merges: 2 ** 21,
} as const;

/**
 * Returns the same object with absent parts set to null. Throws `tokenizer-damaged` with the damaged part, and
 * `model-limit` for one that is larger than in any known tokenizer.
 */
export function checkTokenizerJson(json: Readonly<Record<string, unknown>>): TokenizerJson {
  const { model } = json;
  if (!isObject(model)) damaged('model', 'an object', model);
  checkModel(model);
  const added = json.added_tokens ?? [];
  checkAddedTokens(added);
  for (const part of PARTS) {
    const value = json[part] ?? null;
    if (value === null) continue;
    if (!isObject(value)) damaged(part, 'an object or null', value);
    checkPart(value, part, damaged);
  }
  const parts = Object.fromEntries(PARTS.map((part) => [part, json[part] ?? null]));
  return { ...json, ...parts, added_tokens: added, model, decoder: json.decoder ?? null };
}

/** Checks `added_tokens`; throws as {@link checkTokenizerJson} does. */
export function checkAddedTokens(added: unknown): asserts added is readonly Record<string, unknown>[] {
  if (!Array.isArray(added)) damaged('added_tokens', 'a list', added);
  atMost('added_tokens', TOKEN_LIMITS.added, 'tokens', added.length);
  let length = 0;
  for (const [i, token] of added.entries()) {
    const where = `added_tokens[${i}]`;
    if (!isObject(token)) damaged(where, 'an object', token);
    if (typeof token.content !== 'string' || token.content === '')
      damaged(`${where}.content`, 'a text', token.content);
    if (!isId(token.id)) damaged(`${where}.id`, `an integer from 0 to ${ID_LIMIT - 1}`, token.id);
    atMost(where, TOKEN_LIMITS.addedLength, 'characters', token.content.length);
    length += token.content.length;
  }
  atMost('added_tokens', TOKEN_LIMITS.addedTotal, 'characters in all', length);
}

/** Checks the lists of tokens in tokenizer_config.json; throws `model-limit`. */
export function checkSpecialTokens(config: Readonly<Record<string, unknown>>): void {
  for (const key of ['additional_special_tokens', 'added_tokens_decoder']) {
    const list = config[key];
    const count = Array.isArray(list) ? list.length : isObject(list) ? Object.keys(list).length : 0;
    atMost(key, TOKEN_LIMITS.added, 'tokens', count);
  }
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
    checkUnigramLengths(vocab);
    return;
  }
  const { vocab } = model;
  if (!isObject(vocab)) damaged('model.vocab', 'an object of text to id', vocab);
  let entries = 0;
  for (const token of Object.keys(vocab)) {
    const id = vocab[token];
    if (!isId(id)) damaged(`model.vocab["${token}"]`, `an integer from 0 to ${ID_LIMIT - 1}`, id);
    entries++;
  }
  if (entries === 0) damaged('model.vocab', 'at least one token', 'none');
  if (type === 'BPE') checkMerges(model.merges);
  const { max_input_chars_per_word: longest = 100 } = model;
  if (type === 'WordPiece') {
    if (typeof longest !== 'number') damaged('model.max_input_chars_per_word', 'a number', longest);
    atMost('model.max_input_chars_per_word', TOKEN_LIMITS.wordLength, 'characters', longest);
  }
}

function checkUnigramLengths(vocab: readonly (readonly [string, number])[]): void {
  let total = 0;
  for (const [i, [text]] of vocab.entries()) {
    atMost(`model.vocab[${i}]`, TOKEN_LIMITS.unigramLength, 'characters', text.length);
    total += text.length;
  }
  atMost('model.vocab', TOKEN_LIMITS.unigramTotal, 'characters in all', total);
}

function checkMerges(merges: unknown): void {
  if (!Array.isArray(merges)) damaged('model.merges', 'a list of pairs', merges);
  atMost('model.merges', TOKEN_LIMITS.merges, 'merges', merges.length);
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

function atMost(where: string, most: number, unit: string, got: number): void {
  if (got <= most) return;
  fail('model-limit', {
    who: 'tokenizer.json',
    where,
    message: 'this part is larger than in any known tokenizer',
    expected: `at most ${most} ${unit}`,
    got,
  });
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
