/**
 * Converts a SentencePiece vocabulary (`tokenizer.ggml.model` = `llama`: Llama 2, Mistral, Phi-3, Gemma) to BPE with
 * merges. `../formats/sentencepiece-bpe.ts` explains the conversion and its limits.
 */
import { spmModel } from '../formats/sentencepiece-bpe.ts';
import { TOKEN, type TokenizerParts, type Vocabulary, vocabOf } from './vocabulary.ts';

/** Builds the parts of tokenizer.json. Throws `checkpoint-damaged` for missing scores, or not one per token. */
export function spmParts(vocabulary: Vocabulary): TokenizerParts {
  const { tokens, types, ask } = vocabulary;
  const key = 'tokenizer.ggml.scores';
  const scores =
    ask.numbers(key) ?? ask.damaged(key, 'this entry is missing', 'a list of numbers', undefined);
  if (scores.length !== tokens.length) {
    ask.damaged(key, 'the list and the list of tokens differ in length', tokens.length, scores.length);
  }
  const unknown =
    ask.count('tokenizer.ggml.unknown_token_id') ??
    [...tokens.keys()].find((id) => types[id] === TOKEN.unknown);
  const parts = spmModel({
    vocab: vocabOf(vocabulary),
    scores,
    unknown: unknown === undefined ? undefined : tokens[unknown],
    bytes: tokens.some((_, id) => types[id] === TOKEN.byte),
    prefix: ask.flag('tokenizer.ggml.add_space_prefix') ?? true,
  });
  return { ...parts, addBos: true };
}
