/**
 * Vocabularies of kind `bert`: WordPiece. llama.cpp's converter writes the tokens that begin a word with ▁ before them, and those
 * that continue one without `##` (`BertModel.set_vocab` in `convert_hf_to_gguf.py`). It reads texts as uncased BERT does.
 */
import { namedToken, type TokenizerParts, type Vocabulary } from './vocabulary.ts';

const BEGINS = '▁';
/** Names that the format had before, and their ids in BERT's vocabulary, which absent keys mean. */
const AROUND = [
  ['cls_token_id', 'bos_token_id', 101],
  ['seperator_token_id', 'eos_token_id', 102],
] as const;
const UNKNOWN = 100;

export function wordPieceParts(vocabulary: Vocabulary): TokenizerParts {
  const { tokens, ask } = vocabulary;
  const spelt = tokens.map((token) => {
    if (token.startsWith(BEGINS)) return token.slice(BEGINS.length);
    return /^\[.+\]$/.test(token) ? token : `##${token}`;
  });
  const around = AROUND.map(([key, other, usual]) => {
    const named = namedToken(vocabulary, key) ?? namedToken(vocabulary, other);
    return (
      named ?? {
        id: usual,
        content:
          spelt[usual] ?? ask.damaged(`tokenizer.ggml.${key}`, 'there is no such token', 'a token', usual),
      }
    );
  });
  const lowercase = ask.flag('tokenizer.ggml.normalizer.lowercase') ?? true;
  const unknown = namedToken(vocabulary, 'unknown_token_id')?.content ?? spelt[UNKNOWN] ?? '[UNK]';
  return {
    model: {
      type: 'WordPiece',
      unk_token: unknown,
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(spelt.map((token, id) => [token, id])),
    },
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase,
    },
    preTokenizer: { type: 'BertPreTokenizer' },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    addBos: false,
    around: [[around[0]!], [around[1]!]],
  };
}
