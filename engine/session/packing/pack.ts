/**
 * Packs the cache of a text that was read: finds which of its rows the model needs to repeat it, and drops the others
 * (KVzip, arXiv 2505.23416). A question whose answer is in the text reads the kept rows alone: decode reads fewer bytes,
 * and a saved prefix is smaller. In idle time, since it reads the text once more.
 *
 * The text is repeated in pieces of at most a chunk, each after all of the text's rows: an instruction, the last words of the
 * piece before, the piece. What a row is worth is the most attention that any token of any piece gives it.
 *
 * Only where the model passed the needle test with these rows dropped (`needles.ts`).
 */
import { throwIfAborted } from '../../base/errors.ts';
import type { Cache } from '../../kv/cache.ts';
import { choosePacked, type KeptRows } from '../../kv/packed.ts';
import { FEWEST_WORTH_ROWS, mostOf, type Packer } from '../../runtime/index.ts';

/** As in the paper, section 3.2. */
const INSTRUCTION = '\n\nRepeat the previous context:';
/** Tokens of the piece before that a piece begins with. */
const LEAD = 8;

export interface PackedReading {
  readonly cache: Cache;
  readonly packer: Packer;
  /** Ids of text that continues other text. */
  encode(continuation: string): number[];
}

/** What rows [0, length) of each head are worth; f32[length] by head. */
export type Worth = readonly Float32Array[];

/**
 * Finds what the first `length` rows of the cache are worth. Overwrites a chunk of rows after the cache's last one; undefined
 * where there is no room for that. Throws `request-aborted`.
 */
export async function worthOf(
  { cache, packer, encode }: PackedReading,
  length: number,
  signal?: AbortSignal,
): Promise<Worth | undefined> {
  const instruction = encode(INSTRUCTION);
  const end = cache.length;
  const most = Math.min(packer.most, cache.capacity - end);
  const piece = most - instruction.length - LEAD;
  if (piece < FEWEST_WORTH_ROWS || length < FEWEST_WORTH_ROWS) return undefined;
  const worth = Array.from({ length: packer.heads }, () => new Float32Array(length));
  cache.touch(end + most);
  const reader = await packer.openWorth();
  try {
    for (let first = 0; first < length; first += piece) {
      throwIfAborted(signal, 'pack');
      const to = Math.min(length, first + piece);
      // A short last piece repeats more of the one before, since kernels for many rows have a fewest number of rows.
      const from = Math.max(0, Math.min(first - LEAD, to - FEWEST_WORTH_ROWS));
      const heads = await reader.run([...instruction, ...cache.ids.slice(from, to)], end, signal);
      for (const [i, head] of heads.entries()) mostOf(worth[i] as Float32Array, head.subarray(0, length));
    }
  } finally {
    reader.destroy();
  }
  return worth;
}

/**
 * Drops all but about `share` of the first `length` rows and returns what the rows at their new places are worth. After
 * `signal` only some layers are packed, and the cache says which.
 */
export async function packRows(
  { cache, packer }: Pick<PackedReading, 'cache' | 'packer'>,
  worth: Worth,
  length: number,
  share: number,
  signal?: AbortSignal,
): Promise<Worth> {
  const kept = choosePacked(worth, length, share, cache.packed);
  try {
    cache.pack(await packer.pack(kept, length, cache.packed, signal));
  } catch (error) {
    cache.truncate(0); // a layer may be between both states
    throw error;
  }
  return moved(worth, kept, length);
}

function moved(worth: Worth, kept: KeptRows, length: number): Worth {
  return worth.map((head, i) => {
    const rows = kept[i] as readonly number[];
    const next = new Float32Array(length);
    rows.forEach((row, j) => {
      next[length - rows.length + j] = head[row] as number;
    });
    return next;
  });
}
