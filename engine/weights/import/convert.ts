/**
 * Converts a checkpoint's tensors to the store's as a stream: reads a block of rows, widens it to f32, and encodes it
 * as m0e4, q8, f16 or f32, or repacks its bits as a cell. Memory use is a few blocks, whatever the model's size.
 *
 * Tensors are read in file order, so that a sequential source is read once.
 * Not here: number formats (engine/quant), workers that encode (`encoders.ts`), writing the file and resuming
 * (`write-weights.ts`).
 */
import { matrix } from '../store/manifest.ts';
import { type M0e4Group, m0e4Layout } from '../../quant/m0e4.ts';
import { rowOf } from '../../quant/cells/planes.ts';
import { q8Layout } from '../../quant/q8.ts';
import { cellFor, isCell } from '../../tensor/cells.ts';
import { hasGroup, isGrouped, type WeightDType } from '../../tensor/tensor.ts';
import { requireTensor } from '../checkpoint.ts';
import type { Checkpoint, CheckpointTensor } from '../formats/checkpoint-tensor.ts';
import { fileReads, type HashBytes, type HashedPart } from '../integrity/file-hash.ts';
import { bytesOf, encodeRows, type RowTarget, widened } from './encode.ts';
import type { Encoders, OpenEncoders } from './encoders.ts';
import type { Block, Feed } from './write-weights.ts';
import type { Position } from '../store/journal.ts';
import { ALIGNMENT, type StoredTensor } from '../store/manifest.ts';
import type { Sha256State } from '../integrity/sha256.ts';
import { inOrder } from '../sources/coalesce-reads.ts';

/** A tensor that a model needs. Vectors are stored as f32, matrices in the type that the import requests. */
export interface NeededTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Overrides the import's type for this tensor (`profiles.ts`). */
  readonly dtype?: WeightDType;
}

/** Weights per scale: the finest group size, since small models lose most by quantisation. */
export const STORE_GROUP: M0e4Group = 32;
/** Checkpoint bytes converted at once; a block is at least one row. */
const BLOCK_BYTES = 1024 * 1024;

/** The layout of `weights.bin`. Checksums are still 0. */
export interface StorePlan {
  readonly tensors: readonly StoredTensor[];
  /** Size of `weights.bin`. */
  readonly bytes: number;
}

/**
 * Checks every needed tensor and lays out the file in the order of the checkpoint's bytes. Reads no weights. Throws
 * `checkpoint-mismatch` for a tensor that is missing or has another shape or type.
 */
export function planStore(
  checkpoint: Checkpoint,
  needed: readonly NeededTensor[],
  weights: WeightDType,
): StorePlan {
  const own = new Map(needed.map((n) => [n.name, n.dtype]));
  const found = needed.map((n) => requireTensor(checkpoint, n.name, n.shape));
  const files = [...new Set([...checkpoint.tensors.values()].map((t) => t.source))];
  found.sort((a, b) => files.indexOf(a.source) - files.indexOf(b.source) || a.offset - b.offset);
  let at = 0;
  const place = (bytes: number) => {
    const section = { offset: at, bytes, checksum: 0 };
    at = Math.ceil((at + bytes) / ALIGNMENT) * ALIGNMENT;
    return section;
  };
  const tensors = found.map((t): StoredTensor => {
    const { rows, columns } = matrix(t.shape);
    const dtype = t.shape.length === 1 ? 'f32' : fitting(own.get(t.name) ?? weights, columns, t);
    if (!isGrouped(dtype)) {
      const bytes = rows * columns * (dtype === 'f16' ? 2 : 4);
      return { name: t.name, dtype, shape: t.shape, sections: [place(bytes)] };
    }
    // Nibbles that are taken over unchanged keep their group size.
    const group = (dtype === 'm0e4' ? t.rows?.group : undefined) ?? STORE_GROUP;
    const sections = rowSections(dtype, columns, group).map((bytes) => place(rows * bytes));
    const grouped = hasGroup(dtype) ? { group } : {};
    return { name: t.name, dtype, ...grouped, shape: t.shape, sections };
  });
  return { tensors, bytes: at };
}

/** A cell has rows of whole blocks; where a row is no such, a cell of smaller blocks is taken, or Q8. */
function fitting(dtype: WeightDType, columns: number, { rows }: CheckpointTensor): WeightDType {
  const isOwn = rows?.cell === dtype;
  return isCell(dtype) && !isOwn ? (cellFor(dtype, columns) ?? 'q8') : dtype;
}

/** Bytes of a row of grouped weights: [weights, scales]. */
export function rowSections(dtype: WeightDType, columns: number, group: number): [number, number] {
  if (isCell(dtype)) {
    const { main, rest } = rowOf(dtype, columns);
    return [main * 4, rest * 4];
  }
  if (dtype === 'q8') {
    const { dataBytes, scaleBytes } = q8Layout(columns, group);
    return [dataBytes, scaleBytes];
  }
  const { nibbleBytes, scaleBytes } = m0e4Layout(columns, group);
  return [nibbleBytes, scaleBytes];
}

/**
 * Reads the checkpoint's rows, encoded as the plan stores them, in `encoders` if there are any. Throws the source's errors,
 * and quantisation's.
 */
export function checkpointFeed(checkpoint: Checkpoint, plan: StorePlan, encoders?: OpenEncoders): Feed {
  const sources = plan.tensors.map((t) => checkpoint.tensors.get(t.name) as CheckpointTensor);
  return {
    name: checkpoint.name,
    total: sources.reduce((sum, t) => sum + t.bytes, 0),
    async *blocks(from, signal) {
      const running = encoders?.();
      const read = rowBlocks(sources, startRow(plan, from), signal, {
        size: () => BLOCK_BYTES,
        hashed: { from: from.hash, by: running?.hash },
      });
      if (running === undefined) {
        for await (const rows of read) {
          const hash = await rows.hash;
          yield { ...blockOf(plan, sources, rows), hash };
        }
        return;
      }
      yield* encodedBlocks(plan, sources, read, running);
    },
  };
}

function blockOf(
  plan: StorePlan,
  sources: readonly CheckpointTensor[],
  { tensor, block, firstRow }: RowBlock,
): Block {
  const target = plan.tensors[tensor] as StoredTensor;
  const source = sources[tensor] as CheckpointTensor;
  const parts =
    ownBits(block, target, source) ??
    ownNibbles(block, target, source, firstRow) ??
    encodeRows(widen(block, source), rowTarget(target, source, firstRow));
  return { tensor, parts, read: block.length };
}

/** The same blocks, some of them under way at once. What was read before an error is yielded before it is thrown. */
async function* encodedBlocks(
  plan: StorePlan,
  sources: readonly CheckpointTensor[],
  read: AsyncIterable<RowBlock>,
  encoders: Encoders,
): AsyncIterable<Block> {
  const under: Promise<Block>[] = [];
  let failure: { readonly error: unknown } | undefined;
  const encode = async (rows: RowBlock): Promise<Block> => {
    const { tensor, block, firstRow, hash } = rows;
    const source = sources[tensor] as CheckpointTensor;
    if (source.rows !== undefined) return { ...blockOf(plan, sources, rows), hash: await hash };
    const target = rowTarget(plan.tensors[tensor] as StoredTensor, source, firstRow);
    const parts = await encoders.encode({ block, from: source.dtype, ...target });
    return { tensor, parts, read: block.length, hash: await hash };
  };
  try {
    try {
      for await (const rows of read) {
        // The block is filled again meanwhile.
        const next = encode({ ...rows, block: rows.block.slice() });
        next.catch(() => {}); // it is awaited in its turn
        under.push(next);
        if (under.length > encoders.ahead) yield await (under.shift() as Promise<Block>);
      }
    } catch (error) {
      failure = { error };
    }
    for (const block of under) yield await block;
    if (failure !== undefined) throw failure.error;
  } finally {
    encoders.close();
  }
}

function rowTarget(target: StoredTensor, source: CheckpointTensor, firstRow: number): RowTarget {
  const { dtype, shape, group = STORE_GROUP } = target;
  const name = `${source.source.name}, tensor ${source.name}`;
  return { dtype, columns: matrix(shape).columns, group, name, firstRow };
}

interface RowPlace {
  readonly tensor: number;
  readonly row: number;
}

function startRow(plan: StorePlan, { tensor, written }: Position): RowPlace {
  const target = plan.tensors[tensor];
  const [section] = target?.sections ?? [];
  if (target === undefined || section === undefined || section.bytes === 0) return { tensor, row: 0 };
  return { tensor, row: ((written[0] ?? 0) * matrix(target.shape).rows) / section.bytes };
}

interface RowBlock {
  readonly tensor: number;
  readonly block: Uint8Array;
  readonly firstRow: number;
  /** Hash of the file up to the block's end. */
  readonly hash: Sha256State | Promise<Sha256State> | undefined;
}

/** Rows of a tensor as f32. */
export interface WidenedRows {
  /** Index into the tensors asked for. */
  readonly tensor: number;
  readonly values: Float32Array;
  /** Bytes of the checkpoint that they were read from. */
  readonly bytes: number;
}

/**
 * Reads tensors in the order given, not in that of the file, so nothing is hashed: whole rows from the position on, about
 * `blockBytes` of f32 at once.
 */
export async function* widenedRows(
  checkpoint: Checkpoint,
  tensors: readonly StoredTensor[],
  from: Position,
  blockBytes: number,
  signal: AbortSignal | undefined,
): AsyncIterable<WidenedRows> {
  const sources = tensors.map((t) => checkpoint.tensors.get(t.name) as CheckpointTensor);
  const size = (index: number) => {
    const { bytes, shape } = sources[index] as CheckpointTensor;
    const { rows, columns } = matrix(shape);
    return (blockBytes / (4 * columns)) * (bytes / Math.max(1, rows));
  };
  const read = rowBlocks(sources, startRow({ tensors, bytes: 0 }, from), signal, { size });
  for await (const { tensor, block } of read) {
    // The block is filled again meanwhile, and numbers in f32 are not copied by widening.
    const own = block.slice();
    yield { tensor, values: widen(own, sources[tensor] as CheckpointTensor), bytes: own.length };
  }
}

/** Whole rows as published. */
export interface PublishedRows {
  /** Index into the tensors asked for. */
  readonly tensor: number;
  /** Filled again after it was yielded. */
  readonly block: Uint8Array;
}

/** Reads tensors as published, in the order given; about {@link BLOCK_BYTES} at once. Nothing is hashed. */
export async function* publishedRows(
  checkpoint: Checkpoint,
  names: readonly string[],
  signal: AbortSignal | undefined,
): AsyncIterable<PublishedRows> {
  const sources = names.map((name) => checkpoint.tensors.get(name) as CheckpointTensor);
  yield* rowBlocks(sources, { tensor: 0, row: 0 }, signal, { size: () => BLOCK_BYTES });
}

interface RowBlockOptions {
  /** Bytes of a block of a tensor, at least one row. */
  size(tensor: number): number;
  /** Whether files are hashed, and the state from which. */
  readonly hashed?: { readonly from: Sha256State | undefined; readonly by?: HashBytes | undefined };
}

/** Yields whole rows of one tensor after the other. A block is filled again after it was yielded. */
async function* rowBlocks(
  tensors: readonly CheckpointTensor[],
  from: RowPlace,
  signal: AbortSignal | undefined,
  { size: sizeOf, hashed }: RowBlockOptions,
): AsyncIterable<RowBlock> {
  const rowBytes = tensors.map((t) => t.bytes / Math.max(1, matrix(t.shape).rows));
  const wanted = tensors.map(({ source, offset, bytes }, i): HashedPart => {
    const done = i < from.tensor ? bytes : i === from.tensor ? from.row * (rowBytes[i] as number) : 0;
    return { source, offset, bytes, done };
  });
  const position = (tensor: number) => (tensor === from.tensor ? from.row : 0);
  let tensor = -1;
  let block = new Uint8Array(0);
  let filled = 0;
  let firstRow = 0;
  let left = 0;
  const open = (next: number) => {
    tensor = next;
    firstRow = position(next);
    const { bytes, done } = wanted[next] as HashedPart;
    left = bytes - done;
    const size = rowBytes[next] as number;
    block = new Uint8Array(Math.min(left, size * Math.max(1, Math.floor(sizeOf(next) / size))));
    filled = 0;
  };
  for (const { stretches, hash } of fileReads(
    wanted,
    hashed?.from,
    hashed !== undefined && (hashed.by ?? true),
  )) {
    for await (const { span, piece } of inOrder(stretches, signal)) {
      const next = stretches[span]?.part;
      if (next === undefined) {
        hash?.add(piece);
        continue;
      }
      if (next !== tensor) open(next);
      for (let at = 0; at < piece.length; ) {
        const part = piece.subarray(at, at + block.length - filled);
        block.set(part, filled);
        hash?.add(part);
        filled += part.length;
        at += part.length;
        if (filled < block.length) break;
        yield { tensor, block, firstRow, hash: hash?.state() };
        firstRow += block.length / (rowBytes[tensor] as number);
        left -= block.length;
        filled = 0;
        if (left < block.length) block = new Uint8Array(left);
      }
    }
    await hash?.check();
  }
}

/** Decodes the block to f32. */
const widen = (block: Uint8Array, { dtype, rows }: CheckpointTensor): Float32Array =>
  rows === undefined ? widened(block, dtype) : rows.widen(block);

/** Takes over all bits of the block; undefined if the target has another type. */
function ownBits(block: Uint8Array, target: StoredTensor, { rows }: CheckpointTensor) {
  if (rows?.cells === undefined || rows.cell !== target.dtype) return undefined;
  const { main, rest } = rows.cells(block, matrix(target.shape).columns);
  return [bytesOf(main), bytesOf(rest)];
}

/** Takes over the block's nibbles as m0e4; undefined if its format does not allow that. */
function ownNibbles(
  block: Uint8Array,
  target: StoredTensor,
  { rows, source, name }: CheckpointTensor,
  firstRow: number,
): Uint8Array[] | undefined {
  if (target.dtype !== 'm0e4') return undefined;
  const { columns } = matrix(target.shape);
  const taken = rows?.m0e4(
    block,
    columns,
    target.group ?? STORE_GROUP,
    `${source.name}, tensor ${name}`,
    firstRow,
  );
  return taken && [bytesOf(taken.nibbles), bytesOf(taken.scales)];
}
