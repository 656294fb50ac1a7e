/**
 * Converts SentencePiece's `tokenizer.model` to tokenizer.json and tokenizer_config.json, for checkpoints without a
 * tokenizer.json (Llama 2, ChatGLM2). The file is a protocol buffer, `sentencepiece_model.proto`. The fields used here:
 *
 *   1 pieces (repeated): 1 text, 2 score f32, 3 kind (1 when absent)
 *   2 trainer_spec: 3 model_type (2 is BPE), 40 unk_id, 41 bos_id, 42 eos_id
 *   3 normalizer_spec: 1 name, 3 add_dummy_prefix, 4 remove_extra_whitespaces
 *
 * Not here: how scores become merges (`sentencepiece-bpe.ts`).
 */
import { fail } from '../../base/errors.ts';
import { postProcessor, type SpecialToken } from './post-processor.ts';
import { spmModel } from './sentencepiece-bpe.ts';

/** Well above the size of any published vocabulary. */
const MAX_PIECES = 2 ** 21;
const MAX_FIELDS = 64;

const KIND = { normal: 1, unknown: 2, control: 3, userDefined: 4, byte: 6 } as const;
const BPE = 2;
/** Wire types of protocol buffers. */
const WIRE = { varint: 0, eight: 1, bytes: 2, four: 5 } as const;

interface VocabularyPiece {
  readonly text: string;
  readonly score: number;
  readonly kind: number;
}

/** The parsed fields of a `tokenizer.model`. */
export interface SentencePieceModel {
  /** By id. */
  readonly pieces: readonly VocabularyPiece[];
  readonly prefix: boolean;
  readonly bosId: number;
  readonly eosId: number;
}

/**
 * Parses a `tokenizer.model`. Throws `tokenizer-damaged` if the file is not one, `model-unknown` if it is not BPE or
 * normalises text in a way that is not supported.
 */
export function parseSentencePiece(bytes: Uint8Array, who: string): SentencePieceModel {
  const pieces: VocabularyPiece[] = [];
  let trainer = new Map<number, number | Uint8Array>();
  let normalizer = new Map<number, number | Uint8Array>();
  for (const [field, value] of fields(bytes, who)) {
    if (typeof value === 'number') continue;
    if (field === 1) pieces.push(pieceOf(value, who));
    if (field === 2) trainer = lastOf(value, who);
    if (field === 3) normalizer = lastOf(value, who);
    if (pieces.length > MAX_PIECES) damaged(who, `at most ${MAX_PIECES} pieces`, 'more');
  }
  if (pieces.length === 0) damaged(who, 'pieces', 'none');
  const number = (from: typeof trainer, field: number, absent: number) => {
    const value = from.get(field);
    return typeof value === 'number' ? value : absent;
  };
  const refuse = (where: string, expected: string, got: string | number) =>
    fail('model-unknown', { who, where, message: 'this value is not supported', expected, got });
  const type = number(trainer, 3, 1);
  if (type !== BPE) refuse('trainer_spec.model_type', `${BPE} (BPE)`, type);
  const name = normalizer.get(1);
  const rule = name instanceof Uint8Array ? textOf(name, who) : 'identity';
  if (rule !== 'identity') refuse('normalizer_spec.name', 'identity', rule);
  if (number(normalizer, 4, 1) !== 0) refuse('normalizer_spec.remove_extra_whitespaces', 'false', 'true');
  return {
    pieces,
    prefix: number(normalizer, 3, 1) !== 0,
    bosId: number(trainer, 41, 1),
    eosId: number(trainer, 42, 2),
  };
}

/**
 * Returns the contents of tokenizer.json and tokenizer_config.json as objects. `modelType`: `model_type` of
 * config.json. Throws as {@link parseSentencePiece} does.
 */
export function sentencePieceFiles(bytes: Uint8Array, who: string, modelType: unknown) {
  const { pieces, prefix, bosId, eosId } = parseSentencePiece(bytes, who);
  const vocab = new Map<string, number>();
  for (const [id, { text }] of pieces.entries()) if (!vocab.has(text)) vocab.set(text, id);
  const token = (id: number): SpecialToken[] => {
    const content = pieces[id]?.text;
    return content === undefined ? [] : [{ id, content }];
  };
  const bos = token(bosId);
  const own = modelType === 'chatglm' ? chatGlmTokens(pieces.length) : undefined;
  for (const { id, content } of own?.before ?? []) vocab.set(content, id);
  const { model, normalizer, preTokenizer, decoder } = spmModel({
    vocab,
    scores: pieces.map(({ score }) => score),
    unknown: pieces.find(({ kind }) => kind === KIND.unknown)?.text,
    bytes: pieces.some(({ kind }) => kind === KIND.byte),
    prefix,
  });
  const special = [...addedTokens(pieces), ...(own?.roles ?? []).map((t) => addedToken(t, true))];
  return {
    tokenizer: {
      version: '1.0',
      added_tokens: special,
      normalizer,
      pre_tokenizer: preTokenizer,
      post_processor: postProcessor(own?.before ?? bos, []),
      decoder,
      model,
    },
    config: {
      ...(own === undefined ? { add_bos_token: true, bos_token: bos[0]?.content } : {}),
      eos_token: token(eosId)[0]?.content,
      clean_up_tokenization_spaces: false,
      ...(own === undefined
        ? {}
        : {
            tokenizer_class: 'ChatGLMTokenizer',
            additional_special_tokens: own.before.map((t) => t.content),
          }),
    },
  };
}

/**
 * Tokens that ChatGLM's code adds after the pieces (`tokenization_chatglm.py`): five special tokens, two of which start
 * every text, and, since ChatGLM3, the roles.
 */
function chatGlmTokens(first: number) {
  const names = ['[MASK]', '[gMASK]', '[sMASK]', 'sop', 'eop'];
  const roles = ['<|system|>', '<|user|>', '<|assistant|>', '<|observation|>'];
  const numbered = [...names, ...roles].map((content, i) => ({ id: first + i, content }));
  return {
    before: numbered.filter(({ content }) => content === '[gMASK]' || content === 'sop'),
    roles: numbered.slice(names.length),
  };
}

function addedTokens(pieces: readonly VocabularyPiece[]): Record<string, unknown>[] {
  return [...pieces.entries()].flatMap(([id, { text, kind }]) => {
    const special = kind === KIND.control || kind === KIND.unknown;
    if (text === '' || !(special || kind === KIND.userDefined)) return [];
    return [addedToken({ id, content: text }, special)];
  });
}

function addedToken({ id, content }: SpecialToken, special: boolean): Record<string, unknown> {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special };
}

function pieceOf(bytes: Uint8Array, who: string): VocabularyPiece {
  const found = lastOf(bytes, who);
  const [text, score, kind] = [found.get(1), found.get(2), found.get(3)];
  if (!(text instanceof Uint8Array)) return damaged(who, 'a piece with a text', 'none');
  return {
    text: textOf(text, who),
    score: typeof score === 'number' ? score : 0,
    kind: typeof kind === 'number' ? kind : KIND.normal,
  };
}

/** Fields of a small message. Of a repeated field the last value counts, as the format specifies. */
function lastOf(bytes: Uint8Array, who: string): Map<number, number | Uint8Array> {
  const found = new Map<number, number | Uint8Array>();
  for (const [field, value] of fields(bytes, who)) {
    found.set(field, value);
    if (found.size > MAX_FIELDS) damaged(who, `at most ${MAX_FIELDS} fields`, 'more');
  }
  return found;
}

/** Yields the fields in file order. Numbers above 53 bits lose digits; none of the fields used here are that large. */
function* fields(bytes: Uint8Array, who: string): Iterable<[number, number | Uint8Array]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++] ?? damaged(who, 'a whole number', 'the end of the file');
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    return damaged(who, 'a number of at most ten bytes', 'a longer one');
  };
  const take = (length: number): number => {
    const from = at;
    at += length;
    if (at > bytes.length) damaged(who, `${at} bytes`, `${bytes.length} bytes`);
    return from;
  };
  while (at < bytes.length) {
    const tag = varint();
    const [field, wire] = [Math.floor(tag / 8), tag % 8];
    if (wire === WIRE.varint) yield [field, varint()];
    else if (wire === WIRE.four) yield [field, view.getFloat32(take(4), true)];
    else if (wire === WIRE.eight) yield [field, view.getFloat64(take(8), true)];
    else if (wire === WIRE.bytes) {
      const length = varint();
      const from = take(length);
      yield [field, bytes.subarray(from, from + length)];
    } else damaged(who, 'a field of wire type 0, 1, 2 or 5', `type ${wire}`);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(bytes: Uint8Array, who: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return damaged(who, 'a text in UTF-8', 'other bytes');
  }
}

function damaged(who: string, expected: string, got: string): never {
  return fail('tokenizer-damaged', {
    who,
    message: 'this is not a SentencePiece vocabulary, or it is damaged',
    expected,
    got,
  });
}
