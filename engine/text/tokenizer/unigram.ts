/**
 * SentencePiece's unigram model: of all ways to write a text as tokens, the one with the highest sum of scores. As the
 * model `Unigram` of the Rust library `tokenizers`: what no token covers costs ten more than the worst token, and
 * neighbours of that kind are one unknown token. Of equal ways, the one whose last tokens begin first.
 */
import type { WordModel } from './bpe.ts';
import { byteTokens } from '../../base/byte-letters.ts';
import { PairTable } from './pair-table.ts';
import { type PartJson, wrongPart } from './part-fields.ts';

const UNKNOWN_PENALTY = 10;

/** `vocab`: ids by token. Encoding throws `tokenizer-damaged` for an uncovered text without an unknown token. */
export function unigramModel(model: PartJson, vocab: ReadonlyMap<string, number>): WordModel {
  const pieces = model.vocab as readonly (readonly [string, number])[];
  const unknown = typeof model.unk_id === 'number' ? model.unk_id : undefined;
  if (unknown !== undefined && pieces[unknown] === undefined) wrongPart('model.unk_id', 'an id', unknown);
  const fallsBack = model.byte_fallback === true;
  const trie = new Trie(pieces.map(([text]) => text));
  const scores = Float64Array.from(pieces, ([, score]) => score);
  const worst = scores.reduce((low, score) => Math.min(low, score), Number.POSITIVE_INFINITY);
  const unknownScore = worst - UNKNOWN_PENALTY;

  /** Where each token of the best way begins, by where it ends; and which of them are unknown. */
  const paths = (text: string) => {
    const best = new Float64Array(text.length + 1);
    const starts = new Int32Array(text.length + 1).fill(-1);
    const isUnknown = new Uint8Array(text.length + 1);
    const offer = (start: number, end: number, score: number, id: number | undefined) => {
      const total = (best[start] as number) + score;
      if (starts[end] !== -1 && total <= (best[end] as number)) return;
      best[end] = total;
      starts[end] = start;
      isUnknown[end] = id === undefined || id === unknown ? 1 : 0;
    };
    for (let start = 0; start < text.length; ) {
      const width = (text.codePointAt(start) as number) > 0xffff ? 2 : 1;
      let covered = false;
      trie.each(text, start, (end, id) => {
        offer(start, end, scores[id] as number, id);
        covered ||= end === start + width;
      });
      if (!covered) offer(start, start + width, unknownScore, undefined);
      start += width;
    }
    return { starts, isUnknown };
  };

  return (text) => {
    const { starts, isUnknown } = paths(text);
    const parts: string[] = [];
    for (let end = text.length; end > 0; ) {
      let start = starts[end] as number;
      if (isUnknown[end] === 1) while (start > 0 && isUnknown[start] === 1) start = starts[start] as number;
      parts.push(text.slice(start, end));
      end = start;
    }
    return parts.reverse().flatMap((part) => {
      const id = vocab.get(part);
      if (id !== undefined) return [id];
      const bytes = fallsBack ? byteTokens(part).map((token) => vocab.get(token)) : [undefined];
      if (bytes.every((byte) => byte !== undefined)) return bytes as number[];
      return [unknown ?? wrongPart('model.unk_id', 'an id for texts that no token covers', unknown)];
    });
  };
}

/** Finds the tokens that begin at a place. */
class Trie {
  readonly #children: PairTable;
  /** By node: the id of the token that ends there, or -1. */
  readonly #ends: number[] = [-1];

  constructor(tokens: readonly string[]) {
    this.#children = new PairTable(tokens.length * 2);
    for (const [id, token] of tokens.entries()) {
      let node = 0;
      for (let i = 0; i < token.length; i++) {
        const unit = token.charCodeAt(i);
        let child = this.#children.get(node, unit);
        if (child < 0) {
          child = this.#ends.push(-1) - 1;
          this.#children.set(node, unit, child);
        }
        node = child;
      }
      // Of tokens with the same text the last one counts. Nothing is no token.
      if (token !== '') this.#ends[node] = id;
    }
  }

  /** Calls `found` for each token from `start`, the shortest first. */
  each(text: string, start: number, found: (end: number, id: number) => void): void {
    let node = 0;
    for (let at = start; at < text.length; at++) {
      node = this.#children.get(node, text.charCodeAt(at));
      if (node < 0) return;
      const id = this.#ends[node] as number;
      if (id >= 0) found(at + 1, id);
    }
  }
}
