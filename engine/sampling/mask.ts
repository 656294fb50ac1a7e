/** Ids that may not be chosen, or the only ones that may, and their encoding for the GPU. */

/** Limits a choice. */
export interface Mask {
  readonly ids: readonly number[];
  /** Whether `ids` are the only ones that may be chosen; otherwise they are those that may not. */
  readonly only: boolean;
}

/** Excludes nothing. */
export const NO_MASK: Mask = { ids: [], only: false };

/** Most ids of a mask: the tokens of a large vocabulary that hold one character of markup. */
export const MASK_IDS = 4096;
/** Number of words: u32[2 + MASK_IDS]. First the number of ids, then 1 if they are the only ones, then the ids. */
export const MASK_WORDS = MASK_IDS + 2;

/** Encodes a mask; the words after its ids are left out. */
export function maskWords({ ids, only }: Mask): Uint32Array<ArrayBuffer> {
  return Uint32Array.of(ids.length, only ? 1 : 0, ...ids);
}

/** Decodes words of {@link maskWords}, with or without further words. */
export function maskOfWords(words: ArrayLike<number>): Mask {
  const [count = 0, only = 0] = Array.from({ length: 2 }, (_, i) => words[i]);
  return { ids: Array.from({ length: count }, (_, i) => words[i + 2] as number), only: only === 1 };
}

/** Whether a mask lets an id be chosen. */
export const permits = ({ ids, only }: Mask, id: number): boolean => ids.includes(id) === only;

/** Whether two masks have the same ids in the same order. */
export function sameMask(a: Mask, b: Mask): boolean {
  if (a === b || (a.ids === b.ids && a.only === b.only)) return true;
  return a.only === b.only && a.ids.length === b.ids.length && a.ids.every((id, i) => id === b.ids[i]);
}

/** Whether every id that `strict` permits is permitted by `loose`. May return false where it is so. */
export function isStricter(strict: Mask, loose: Mask): boolean {
  if (loose.only) return strict.only && strict.ids.every((id) => permits(loose, id));
  if (strict.only) return strict.ids.every((id) => permits(loose, id));
  const banned = new Set(strict.ids);
  return loose.ids.every((id) => banned.has(id));
}
