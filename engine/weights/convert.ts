/**
 * From a checkpoint's tensors to the store's, as a stream: a block of rows comes in, is widened to f32, becomes
 * m0e4, q8, f16 or f32, and goes out. Memory in use is a few blocks, whatever the model's size.
 *
 * Tensors are read in the order of their bytes, so that a source that only moves forwards is read once.
 * Not here: what m0e4 means (engine/quant), where the file goes (`store.ts`).
 */
import { invariant } from '../base/errors.ts';
import { type M0e4Group, m0e4Layout, quantiseRows } from '../quant/m0e4.ts';
import { q8Layout, quantiseQ8 } from '../quant/q8.ts';
import { f16Array, f32ArrayFromBf16, f32ArrayFromF16 } from '../tensor/f16.ts';
import { isGrouped, type WeightDType } from '../tensor/tensor.ts';
import { type Checkpoint, type CheckpointTensor, requireTensor } from './checkpoint.ts';
import { checksum } from './checksum.ts';
import { ALIGNMENT, type StoredTensor } from './manifest.ts';
import { cancelled } from './source.ts';
import type { FileWriter } from './storage.ts';

/** What a model needs of a checkpoint. One axis: stored as f32. Two: as the import asks. */
export interface NeededTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Where it is stored otherwise than the import asks of all (profiles.ts). */
  readonly dtype?: WeightDType;
}

/** Weights per scale: the finest, since a small model loses most by quantisation. */
export const STORE_GROUP: M0e4Group = 32;
/** Checkpoint bytes converted at once; a block is at least one row. */
const BLOCK_BYTES = 1024 * 1024;
/** Milliseconds of work between two breaths, so that a worker hears its messages. */
const BREATH_MS = 24;

export interface ConvertHooks {
  readonly onProgress?: (done: number, total: number, tensor: string) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface StorePlan {
  readonly tensors: readonly StoredTensor[];
  /** Of `weights.bin`. */
  readonly bytes: number;
}

/** Checks every needed tensor and lays out the file, in the order of the checkpoint's bytes. No weights are read. */
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
    const dtype = t.shape.length === 1 ? 'f32' : (own.get(t.name) ?? weights);
    const { rows, columns } = matrix(t.shape);
    if (!isGrouped(dtype)) {
      const bytes = rows * columns * (dtype === 'f16' ? 2 : 4);
      return { name: t.name, dtype, shape: t.shape, sections: [place(bytes)] };
    }
    // Nibbles that come in as they are keep the groups they were made in.
    const group = (dtype === 'm0e4' ? t.rows?.group : undefined) ?? STORE_GROUP;
    const sections = rowSections(dtype, columns, group).map((bytes) => place(rows * bytes));
    return { name: t.name, dtype, group, shape: t.shape, sections };
  });
  return { tensors, bytes: at };
}

/** Bytes of a row: its weights, its scales. */
function rowSections(dtype: WeightDType, columns: number, group: number): [number, number] {
  if (dtype === 'q8') {
    const { dataBytes, scaleBytes } = q8Layout(columns, group);
    return [dataBytes, scaleBytes];
  }
  const { nibbleBytes, scaleBytes } = m0e4Layout(columns, group);
  return [nibbleBytes, scaleBytes];
}

/** Fills `file` as planned; returns the plan's tensors with their checksums. */
export async function convertTensors(
  checkpoint: Checkpoint,
  plan: StorePlan,
  file: FileWriter,
  hooks: ConvertHooks = {},
): Promise<StoredTensor[]> {
  const sources = plan.tensors.map((t) => checkpoint.tensors.get(t.name) as CheckpointTensor);
  const total = sources.reduce((sum, t) => sum + t.bytes, 0);
  const breathe = breather();
  let done = 0;
  const finished: StoredTensor[] = [];
  for (const [i, target] of plan.tensors.entries()) {
    const source = sources[i] as CheckpointTensor;
    const sums = target.sections.map(() => checksum());
    const written = target.sections.map(() => 0);
    for await (const { block, firstRow } of rowBlocks(source, hooks.signal)) {
      if (hooks.signal?.aborted === true) cancelled(checkpoint.name);
      const parts =
        ownNibbles(block, target, source, firstRow) ?? encode(widen(block, source), target, source, firstRow);
      for (const [s, part] of parts.entries()) {
        await file.write((target.sections[s]?.offset ?? 0) + (written[s] as number), part);
        sums[s]?.add(part);
        written[s] = (written[s] as number) + part.length;
      }
      done += block.length;
      hooks.onProgress?.(done, total, target.name);
      await breathe();
    }
    const sections = target.sections.map((section, s) => {
      invariant(
        written[s] === section.bytes,
        target.name,
        `${written[s]} of ${section.bytes} bytes were written`,
      );
      return { ...section, checksum: sums[s]?.value() ?? 0 };
    });
    finished.push({ ...target, sections });
  }
  return finished;
}

/** Whole rows of a tensor's bytes, about {@link BLOCK_BYTES} at once. */
async function* rowBlocks(
  tensor: CheckpointTensor,
  signal: AbortSignal | undefined,
): AsyncIterable<{ block: Uint8Array; firstRow: number }> {
  const { rows } = matrix(tensor.shape);
  const rowBytes = rows === 0 ? 0 : tensor.bytes / rows;
  if (rowBytes === 0) return;
  const size = rowBytes * Math.max(1, Math.floor(BLOCK_BYTES / rowBytes));
  let block = new Uint8Array(Math.min(size, tensor.bytes));
  let filled = 0;
  let firstRow = 0;
  for await (const piece of tensor.source.stream(tensor.offset, tensor.bytes, signal)) {
    for (let from = 0; from < piece.length; ) {
      const part = piece.subarray(from, from + block.length - filled);
      block.set(part, filled);
      filled += part.length;
      from += part.length;
      if (filled < block.length) break;
      yield { block, firstRow };
      firstRow += block.length / rowBytes;
      filled = 0;
      const left = tensor.bytes - firstRow * rowBytes;
      if (left < block.length) block = new Uint8Array(left);
    }
  }
}

/** All axes but the last are rows; a vector is one row. */
export function matrix(shape: readonly number[]): { rows: number; columns: number } {
  const columns = shape.at(-1) ?? 1;
  return { rows: shape.slice(0, -1).reduce((n, d) => n * d, 1), columns };
}

/** The block's numbers as f32. */
function widen(block: Uint8Array, { dtype, rows }: CheckpointTensor): Float32Array {
  if (rows !== undefined) return rows.widen(block);
  const { buffer, byteOffset, length } = block;
  if (dtype === 'F32') return new Float32Array(buffer, byteOffset, length / 4);
  const halves = new Uint16Array(buffer, byteOffset, length / 2);
  return dtype === 'BF16' ? f32ArrayFromBf16(halves) : f32ArrayFromF16(halves);
}

/** The block in m0e4 as it is, where its format has nibbles that fit. */
function ownNibbles(
  block: Uint8Array,
  target: StoredTensor,
  { rows, source, name }: CheckpointTensor,
  firstRow: number,
): Uint8Array[] | undefined {
  if (target.dtype !== 'm0e4') return undefined;
  const { columns } = matrix(target.shape);
  const kept = rows?.m0e4(
    block,
    columns,
    target.group ?? STORE_GROUP,
    `${source.name}, tensor ${name}`,
    firstRow,
  );
  return kept && [bytesOf(kept.nibbles), bytesOf(kept.scales)];
}

/** One array of bytes per section of the target. */
function encode(
  rows: Float32Array,
  target: StoredTensor,
  source: CheckpointTensor,
  firstRow: number,
): Uint8Array[] {
  if (target.dtype === 'f32') return [bytesOf(rows)];
  if (target.dtype === 'f16') return [bytesOf(f16Array(rows))];
  const name = `${source.source.name}, tensor ${source.name}`;
  const { columns } = matrix(target.shape);
  const group = target.group ?? STORE_GROUP;
  if (target.dtype === 'q8') {
    const stored = quantiseQ8(rows, columns, group, name, firstRow);
    return [bytesOf(stored.bytes), bytesOf(stored.scales)];
  }
  const { nibbles, scales } = quantiseRows(rows, columns, group, name, firstRow);
  return [bytesOf(nibbles), bytesOf(scales)];
}

function bytesOf(array: Float32Array | Uint16Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** A function to await often; it lets other tasks run when the last breath was a while ago. */
function breather(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < BREATH_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = performance.now();
  };
}
