/**
 * A SentencePiece vocabulary (`tokenizer.ggml.model` = `llama`: Llama 2, Mistral, Phi-3, Gemma) as BPE with merges:
 * how, and where the two differ, is told in `../formats/sentencepiece-bpe.ts`.
 */
import { spmModel } from '../formats/sentencepiece-bpe.ts';
import { TOKEN, type TokenizerParts, type Vocabulary, vocabOf } from './vocabulary.ts';

export function spmParts(vocabulary: Vocabulary): TokenizerParts {
  const { tokens, types, ask } = vocabulary;
  const key = 'tokenizer.ggml.scores';
  const scores =
    ask.numbers(key) ?? ask.damaged(key, 'this entry is missing', 'a list of numbers', undefined);
  if (scores.length !== tokens.length) {
    ask.damaged(key, 'the list has another length than the tokens', tokens.length, scores.length);
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
