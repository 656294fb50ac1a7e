/** The models `WordPiece` and `WordLevel` of tokenizer.json, as in the Rust library `tokenizers`. */
import type { WordModel } from './bpe.ts';
import { type PartJson, wrongPart } from './part-fields.ts';

/** The longest tokens that a word begins with, one after the other; an unknown token, if that fails. */
export function wordPieceModel(model: PartJson, vocab: ReadonlyMap<string, number>): WordModel {
  const unknown = unknownId(model, vocab, '[UNK]');
  const prefix = typeof model.continuing_subword_prefix === 'string' ? model.continuing_subword_prefix : '##';
  const longest = (model.max_input_chars_per_word ?? 100) as number;
  return (word) => {
    const chars = [...word];
    if (chars.length > longest) return [unknown()];
    const ids: number[] = [];
    for (let start = 0; start < chars.length; ) {
      let end = chars.length;
      let id: number | undefined;
      for (; end > start && id === undefined; end--) {
        id = vocab.get((start > 0 ? prefix : '') + chars.slice(start, end).join(''));
      }
      if (id === undefined) return [unknown()];
      ids.push(id);
      start = end + 1;
    }
    return ids;
  };
}

/** A word is a token, or unknown. */
export function wordLevelModel(model: PartJson, vocab: ReadonlyMap<string, number>): WordModel {
  const unknown = unknownId(model, vocab, '<unk>');
  return (word) => [vocab.get(word) ?? unknown()];
}

function unknownId(model: PartJson, vocab: ReadonlyMap<string, number>, absent: string): () => number {
  const token = model.unk_token ?? absent;
  return () => vocab.get(token as string) ?? wrongPart('model.unk_token', 'a token of the vocabulary', token);
}
