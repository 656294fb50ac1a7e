/**
 * Byte pair encoding: the two neighbours of lowest rank are joined, leftmost first, until no pair has a rank. As the
 * model `BPE` of the Rust library `tokenizers`. The time grows with n·log n in the length of a word.
 */
import { byteTokens } from '../../base/byte-letters.ts';
import { PairTable } from './pair-table.ts';
import type { PartJson } from './part-fields.ts';
import { wrongPart } from './part-fields.ts';

/** Returns the ids of a word. */
export type WordModel = (word: string) => readonly number[];

/** Words whose ids are kept, and the length of the longest of them in UTF-16 units. */
const CACHE = { words: 10_000, length: 256 } as const;

/** `vocab`: ids by token. Throws `tokenizer-damaged` for merges of tokens that do not exist. */
export function bpeModel(model: PartJson, vocab: ReadonlyMap<string, number>): WordModel {
  const prefix = textOf(model, 'continuing_subword_prefix');
  const suffix = textOf(model, 'end_of_word_suffix');
  const unknown = textOf(model, 'unk_token');
  const unknownId = unknown === '' ? undefined : vocab.get(unknown);
  if (unknown !== '' && unknownId === undefined)
    wrongPart('model.unk_token', 'a token of the vocabulary', unknown);
  if (typeof model.dropout === 'number' && model.dropout > 0) {
    wrongPart('model.dropout', 'none: ids must not depend on chance', model.dropout);
  }
  const merges = new Merges(
    model.merges as readonly (string | readonly [string, string])[],
    vocab,
    prefix.length,
  );
  const ignoresMerges = model.ignore_merges === true;
  const fuses = model.fuse_unk === true;
  const fallsBack = model.byte_fallback === true;

  /** The ids that a word begins with: one for each character. */
  const symbolsOf = (word: string): number[] => {
    const symbols: number[] = [];
    let unknowns = 0;
    const flush = () => {
      if (unknownId !== undefined) for (; unknowns > 0; unknowns--) symbols.push(unknownId);
    };
    let at = 0;
    for (const char of word) {
      const begun = at === 0 ? char : prefix + char;
      at += char.length;
      const text = at === word.length ? begun + suffix : begun;
      const id = vocab.get(text);
      if (id !== undefined) {
        flush();
        symbols.push(id);
        continue;
      }
      const bytes = fallsBack ? byteTokens(text).map((token) => vocab.get(token)) : [undefined];
      if (bytes.every((byte) => byte !== undefined)) symbols.push(...(bytes as number[]));
      else if (unknownId !== undefined && !(fuses && unknowns > 0)) {
        flush();
        unknowns = 1;
      }
    }
    flush();
    return symbols;
  };

  const cache = new Map<string, readonly number[]>();
  return (word) => {
    const known = cache.get(word);
    if (known !== undefined) return known;
    const whole = ignoresMerges ? vocab.get(word) : undefined;
    const ids = whole === undefined ? merges.apply(symbolsOf(word)) : [whole];
    if (word.length < CACHE.length) {
      if (cache.size >= CACHE.words) cache.clear();
      cache.set(word, ids);
    }
    return ids;
  };
}

function textOf(model: PartJson, key: string): string {
  const text = model[key] ?? '';
  return typeof text === 'string' ? text : wrongPart(`model.${key}`, 'a text', text);
}

/** The ranks of pairs of ids, and the ids that they make. */
class Merges {
  readonly #ranks: PairTable;
  /** By rank: the id of what the pair makes. */
  readonly #made: Int32Array;

  constructor(
    merges: readonly (string | readonly [string, string])[],
    vocab: ReadonlyMap<string, number>,
    prefixLength: number,
  ) {
    this.#ranks = new PairTable(merges.length);
    this.#made = new Int32Array(merges.length);
    for (let rank = 0; rank < merges.length; rank++) {
      const merge = merges[rank] as string | readonly [string, string];
      const space = typeof merge === 'string' ? merge.indexOf(' ') : 0;
      const left = typeof merge === 'string' ? merge.slice(0, space) : merge[0];
      const right = typeof merge === 'string' ? merge.slice(space + 1) : merge[1];
      const [leftId, rightId] = [vocab.get(left), vocab.get(right)];
      const made = vocab.get(left + (prefixLength === 0 ? right : right.slice(prefixLength)));
      if (leftId === undefined || rightId === undefined || made === undefined) {
        wrongPart(`model.merges[${rank}]`, 'tokens of the vocabulary, and what they make', merge);
      }
      this.#ranks.set(leftId as number, rightId as number, rank);
      this.#made[rank] = made as number;
    }
  }

  apply(symbols: number[]): number[] {
    const count = symbols.length;
    if (count < 2) return symbols;
    const ids = Int32Array.from(symbols);
    const next = Int32Array.from(symbols, (_, i) => (i + 1 < count ? i + 1 : -1));
    const previous = Int32Array.from(symbols, (_, i) => i - 1);
    const queue = new MergeQueue();
    const offer = (at: number) => {
      const rank = this.#ranks.get(ids[at] as number, ids[next[at] as number] as number);
      if (rank >= 0) queue.push(rank, at);
    };
    for (let at = 0; at + 1 < count; at++) offer(at);
    while (queue.pop()) {
      const { rank, at } = queue;
      const right = next[at] as number;
      // One of the two may have been joined to another since.
      if (ids[at] === -1 || right === -1) continue;
      const now = this.#ranks.get(ids[at] as number, ids[right] as number);
      if (now < 0 || this.#made[now] !== this.#made[rank]) continue;
      ids[at] = this.#made[rank] as number;
      ids[right] = -1;
      const after = next[right] as number;
      next[at] = after;
      if (after >= 0) {
        previous[after] = at;
        offer(at);
      }
      if ((previous[at] as number) >= 0) offer(previous[at] as number);
    }
    return Array.from(ids.filter((id) => id !== -1));
  }
}

/** A binary heap of pairs: the lowest rank first, and of equal ones the leftmost. */
class MergeQueue {
  rank = 0;
  at = 0;
  readonly #ranks: number[] = [];
  readonly #places: number[] = [];

  push(rank: number, at: number): void {
    const [ranks, places] = [this.#ranks, this.#places];
    let slot = ranks.length;
    ranks.push(rank);
    places.push(at);
    while (slot > 0) {
      const parent = (slot - 1) >> 1;
      if (!this.#isBefore(slot, parent)) break;
      this.#swap(slot, parent);
      slot = parent;
    }
  }

  /** Puts the first pair into `rank` and `at`; false if there is none. */
  pop(): boolean {
    const [ranks, places] = [this.#ranks, this.#places];
    if (ranks.length === 0) return false;
    this.rank = ranks[0] as number;
    this.at = places[0] as number;
    const [rank, place] = [ranks.pop() as number, places.pop() as number];
    const count = ranks.length;
    if (count === 0) return true;
    ranks[0] = rank;
    places[0] = place;
    for (let slot = 0; ; ) {
      let best = slot;
      for (const child of [2 * slot + 1, 2 * slot + 2]) {
        if (child < count && this.#isBefore(child, best)) best = child;
      }
      if (best === slot) return true;
      this.#swap(slot, best);
      slot = best;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [first, second] = [this.#ranks[a] as number, this.#ranks[b] as number];
    return first < second || (first === second && (this.#places[a] as number) < (this.#places[b] as number));
  }

  #swap(a: number, b: number): void {
    const [ranks, places] = [this.#ranks, this.#places];
    [ranks[a], ranks[b]] = [ranks[b] as number, ranks[a] as number];
    [places[a], places[b]] = [places[b] as number, places[a] as number];
  }
}
