/**
 * A SentencePiece vocabulary of kind BPE as parts of a tokenizer.json with merges. GGUF files have such a
 * vocabulary in their metadata (`gguf/tokenizer-spm.ts`), others in `tokenizer.model` (`sentencepiece-model.ts`).
 *
 * SentencePiece joins the two neighbours whose joint piece has the highest score, leftmost first. BPE joins the
 * pair of the lowest rank. So: every way to make a piece of two pieces is a merge, ranked by the piece's score.
 * The two agree unless scores are equal, or one piece can be made in two ways at overlapping places: then
 * SentencePiece takes the left one, BPE the one of lower rank. Among equals the order is the one of transformers
 * (`convert_slow_tokenizer.py`, `generate_merges`), whose tokenizer.json files have the same limits.
 */
const SPACE = '▁';
/** Longer pieces (Gemma has runs of 31) would make merges in the square of their length. */
const MAX_PIECE = 256;

export interface SpmVocabulary {
  /** Ids of all pieces that a text can become. */
  readonly vocab: ReadonlyMap<string, number>;
  /** By id. */
  readonly scores: ArrayLike<number>;
  readonly unknown: string | undefined;
  /** Whether there are pieces for bytes, for characters that no piece has. */
  readonly bytes: boolean;
  /** Whether a text begins with a space of its own. */
  readonly prefix: boolean;
}

/** `model`, `normalizer`, `pre_tokenizer` and `decoder` of a tokenizer.json. */
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
  /** Of the joint piece. */
  readonly id: number;
  readonly leftId: number;
  readonly rightId: number;
}

function mergesOf(vocab: ReadonlyMap<string, number>, scores: ArrayLike<number>): [string, string][] {
  const merges: ScoredMerge[] = [];
  for (const [piece, id] of vocab) {
    if (piece.length > MAX_PIECE) continue;
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
    }
  }
  merges.sort((a, b) => b.score - a.score || a.id - b.id || a.leftId - b.leftId || a.rightId - b.rightId);
  return merges.map(({ left, right }) => [left, right]);
}
