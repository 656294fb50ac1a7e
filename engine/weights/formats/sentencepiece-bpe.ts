/**
 * Converts a SentencePiece vocabulary of type BPE to parts of a tokenizer.json with merges. GGUF files have such a
 * vocabulary in their metadata (`gguf/tokenizer-sentencepiece.ts`), others in `tokenizer.model`
 * (`sentencepiece-model.ts`).
 *
 * SentencePiece merges the two neighbours whose joint piece has the highest score, leftmost first. BPE merges the pair
 * of lowest rank. So every split of a piece into two pieces becomes a merge, ranked by the piece's score. The results
 * agree unless scores are equal, or a piece can be formed in two ways at overlapping positions: then SentencePiece
 * takes the left one, BPE the one of lower rank. Ties are ordered as in transformers (`convert_slow_tokenizer.py`,
 * `generate_merges`), whose tokenizer.json files have the same limits.
 */
import { fail } from '../../base/errors.ts';

const SPACE = '▁';
/** Limits the length of pieces, since the cost grows with its square; Gemma has runs of 31. */
const MAX_PIECE = 256;
/** Limits the merges; Gemma 3 has 580,000. A vocabulary of all parts of one long text would have a hundred times more. */
const MAX_MERGES = 2 ** 21;
/** Limits the splits that are tried, at about 30 a piece. */
const MAX_SPLITS = 2 ** 25;

/** The part of a SentencePiece vocabulary that the conversion needs. */
export interface SpmVocabulary {
  /** Ids by piece, for all pieces that can occur in an encoded text. */
  readonly vocab: ReadonlyMap<string, number>;
  /** By id. */
  readonly scores: ArrayLike<number>;
  readonly unknown: string | undefined;
  /** Whether there are byte pieces, for characters that no piece covers. */
  readonly bytes: boolean;
  /** Whether a space is added at the start of a text (`add_dummy_prefix`). */
  readonly prefix: boolean;
}

/** Returns `model`, `normalizer`, `pre_tokenizer` and `decoder` of a tokenizer.json. Throws `model-limit`. */
export function spmModel({ vocab, scores, unknown, bytes, prefix }: SpmVocabulary) {
  const replace = { type: 'Replace', pattern: { String: ' ' }, content: SPACE };
  return {
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: unknown ?? null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: bytes,
      vocab: Object.fromEntries(vocab),
      merges: mergesOf(vocab, scores),
    },
    normalizer: prefix
      ? { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: SPACE }, replace] }
      : replace,
    preTokenizer: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: SPACE }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...(prefix ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ],
    },
  };
}

interface ScoredMerge {
  readonly left: string;
  readonly right: string;
  readonly score: number;
  /** Id of the joint piece. */
  readonly id: number;
  readonly leftId: number;
  readonly rightId: number;
}

/** Every way to make a piece of two others, best first. Throws `model-limit` for more than `most`. */
export function mergesOf(
  vocab: ReadonlyMap<string, number>,
  scores: ArrayLike<number>,
  most = MAX_MERGES,
): [string, string][] {
  const merges: ScoredMerge[] = [];
  let splits = 0;
  for (const [piece, id] of vocab) {
    if (piece.length > MAX_PIECE) continue;
    splits += piece.length;
    if (splits > MAX_SPLITS) tooMany(MAX_SPLITS, 'characters in pieces');
    const score = scores[id] as number;
    let at = 0;
    for (const char of piece) {
      at += char.length;
      if (at === piece.length) break;
      const left = piece.slice(0, at);
      const right = piece.slice(at);
      const leftId = vocab.get(left);
      const rightId = vocab.get(right);
      if (leftId === undefined || rightId === undefined) continue;
      merges.push({ left, right, score, id, leftId, rightId });
      if (merges.length > most) tooMany(most, 'ways to make a piece of two others');
    }
  }
  merges.sort((a, b) => b.score - a.score || a.id - b.id || a.leftId - b.leftId || a.rightId - b.rightId);
  return merges.map(({ left, right }) => [left, right]);
}

function tooMany(most: number, unit: string): never {
  fail('model-limit', {
    who: 'vocabulary',
    message: 'the vocabulary is larger than that of any known model',
    expected: `at most ${most} ${unit}`,
    got: 'more',
  });
}
