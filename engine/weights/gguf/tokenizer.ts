/**
 * Converts the vocabulary in a GGUF file to tokenizer.json, tokenizer_config.json and generation_config.json, which the
 * engine's tokenizer reads (engine/text). Keys: `tokenizer.ggml.*` in ggml's `docs/gguf.md`; defaults for absent keys:
 * llama.cpp's `llama-vocab.cpp`.
 *
 * There are four kinds: `llama` (SentencePiece with scores: `tokenizer-sentencepiece.ts`), `gpt2` (byte-level BPE with
 * merges) and `gemma4` (BPE of characters with merges; both `tokenizer-bpe.ts`), and `bert` (WordPiece:
 * `tokenizer-wordpiece.ts`). This module holds what they share.
 */
import { postProcessor } from '../formats/post-processor.ts';
import type { GgufFile } from './header.ts';
import { bpeParts, gemmaParts } from './tokenizer-bpe.ts';
import { spmParts } from './tokenizer-sentencepiece.ts';
import { wordPieceParts } from './tokenizer-wordpiece.ts';
import { askMetadata, type Metadata, unsupported } from './value.ts';
import {
  isFiller,
  namedToken,
  readVocabulary,
  TOKEN,
  type TokenizerParts,
  type Vocabulary,
} from './vocabulary.ts';

/** Contents of the three files. */
export interface GgufTokenizerFiles {
  readonly tokenizer: Record<string, unknown>;
  readonly tokenizerConfig: Record<string, unknown>;
  readonly generationConfig: Record<string, unknown>;
}

const KINDS: Readonly<Record<string, (vocabulary: Vocabulary) => TokenizerParts>> = {
  llama: spmParts,
  gpt2: bpeParts,
  bert: wordPieceParts,
  gemma4: gemmaParts,
};

/**
 * Tokens that end an answer in known chat formats, of whatever type a file says they are; metadata often name only one of
 * them. As in llama.cpp.
 */
const ENDS: ReadonlySet<string> = new Set([
  '<|eot_id|>',
  '<|im_end|>',
  '<|end|>',
  '<|return|>',
  '<|call|>',
  '<|eom_id|>',
  '<|endoftext|>',
  '<|end_of_text|>',
  '<end_of_turn>',
  '<turn|>',
  '<end_of_utterance>',
  '<eos>',
  '</s>',
  '<EOT>',
  '_<EOT>',
  '[EOT]',
  '[EOS]',
  '[e~[',
  '<｜end▁of▁sentence｜>',
  '<|END_OF_TURN_TOKEN|>',
]);
/** Harmony ends each channel with `<|end|>`, and the answer with this one. */
const HARMONY_END = '<|return|>';
const END_KEYS = ['eos_token_id', 'eot_token_id', 'eom_token_id'];

/** Throws `model-unknown` for a kind of vocabulary that is not supported, `checkpoint-damaged` for damaged keys. */
export function readTokenizer(file: GgufFile): GgufTokenizerFiles {
  const who = file.source.name;
  const ask = askMetadata(file.metadata, who);
  const vocabulary = readVocabulary(ask, who);
  const kind = ask.text('tokenizer.ggml.model') ?? 'no value';
  const parts = Object.hasOwn(KINDS, kind) ? KINDS[kind]?.(vocabulary) : undefined;
  if (parts === undefined) {
    return unsupported(who, 'tokenizer.ggml.model', Object.keys(KINDS).join(', '), kind);
  }
  const token = (key: string) => namedToken(vocabulary, key);
  const bos = token('bos_token_id');
  const eos = token('eos_token_id');
  const addBos = bos !== undefined && (ask.flag('tokenizer.ggml.add_bos_token') ?? parts.addBos);
  const addEos = eos !== undefined && (ask.flag('tokenizer.ggml.add_eos_token') ?? false);
  const template = templates(file, ask);
  return {
    tokenizer: {
      version: '1.0',
      added_tokens: addedTokens(vocabulary, JSON.stringify(template ?? '')),
      normalizer: parts.normalizer,
      pre_tokenizer: parts.preTokenizer,
      post_processor: postProcessor(...(parts.around ?? [addBos ? [bos] : [], addEos ? [eos] : []])),
      decoder: parts.decoder,
      model: parts.model,
    },
    tokenizerConfig: {
      ...(parts.around === undefined ? { add_bos_token: addBos, add_eos_token: addEos } : {}),
      ...present({ bos_token: bos?.content, eos_token: eos?.content }),
      ...present({
        unk_token: token('unknown_token_id')?.content,
        pad_token: token('padding_token_id')?.content,
      }),
      clean_up_tokenization_spaces: false,
      ...present({ chat_template: template }),
    },
    generationConfig: { ...present({ bos_token_id: bos?.id }), eos_token_id: endIds(vocabulary) },
  };
}

/** The file's template, or all of them by name: `tokenizer.chat_template.<name>`. */
function templates({ metadata }: GgufFile, ask: Metadata): unknown {
  const key = 'tokenizer.chat_template';
  const main = ask.text(key);
  const named = [...metadata.keys()].filter((k) => k.startsWith(`${key}.`));
  if (named.length === 0) return main;
  return [
    ...(main === undefined ? [] : [{ name: 'default', template: main }]),
    ...named.map((k) => ({ name: k.slice(key.length + 1), template: ask.text(k) })),
  ];
}

/** Spellings that a template writes as marks, such as `<end_of_turn>`, which a file may call ordinary text. */
const MARK = /^[<[◁][^\s<>]{1,48}[>\]▷]$/u;

/** Tokens that are matched in a text before the vocabulary's model runs. `template`: where marks are looked for. */
function addedTokens({ tokens, types, ask }: Vocabulary, template: string): Record<string, unknown>[] {
  // Phi-3's special tokens strip the spaces after them. Recognise the model by its name, as llama.cpp does.
  const phi3 = /phi-?3/i.test(ask.text('general.name') ?? '');
  const added: Record<string, unknown>[] = [];
  for (const [id, content] of tokens.entries()) {
    const type = types[id];
    const isEnd =
      ENDS.has(content) || (MARK.test(content) && type !== TOKEN.byte && template.includes(content));
    const special =
      type === TOKEN.control ||
      type === TOKEN.unknown ||
      (isEnd && type !== TOKEN.userDefined) ||
      // Phi-3 has it as text.
      (ENDS.has(content) && content !== '</s>');
    if (content === '' || isFiller(content, id) || !(special || type === TOKEN.userDefined)) continue;
    const rstrip = phi3 && !/^(?:<unk>|<s>|<\|endoftext\|>)$/.test(content);
    added.push({ id, content, single_word: false, lstrip: false, rstrip, normalized: false, special });
  }
  return added;
}

function endIds(vocabulary: Vocabulary): number[] {
  const ids = new Set(END_KEYS.flatMap((key) => namedToken(vocabulary, key)?.id ?? []));
  const isHarmony = vocabulary.tokens.includes(HARMONY_END);
  for (const [id, content] of vocabulary.tokens.entries()) {
    if (ENDS.has(content) && !(isHarmony && content === '<|end|>')) ids.add(id);
  }
  return [...ids].sort((a, b) => a - b);
}

function present(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
