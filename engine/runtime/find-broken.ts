/**
 * Finds where a number that is not finite comes from: runs a program one dispatch at a time and reads back what each node
 * computed. Slow, and used only after an answer has failed; the hot path notices such numbers by the chosen id
 * (`sampling/broken.ts`).
 */
import { type Gpu, readbackRing, submit } from '../gpu/index.ts';
import type { Graph, Node, Value, ValueId } from '../graph/graph.ts';
import type { Snapshots } from '../kv/snapshots.ts';
import { hasSlots, ringOf } from '../graph/slots.ts';
import { tensorsOf } from '../graph/rows.ts';
import { evaluate } from '../symbolic/evaluate.ts';
import { f32ArrayFromF16 } from '../tensor/f16.ts';
import { scaleOf } from '../quant/cells/dequantise.ts';
import { rowOf } from '../quant/cells/planes.ts';
import { cellForm, cellGroup, isCell } from '../tensor/cells.ts';
import { bytesOfRow, type TensorType, type Zone, zonesOf } from '../tensor/tensor.ts';
import { rowBytes, segmentRows, type WeightPart } from './memory/segments.ts';
import type { Resources } from './memory/resources.ts';
import type { Program } from './program/program.ts';
import type { BrokenNumber } from './runtime.ts';

/** Bytes that are read back at a time, so that looking through a large weight takes little memory. */
const PIECE = 16 * 1024 * 1024;

/** Bytes of a value's buffer; of its first part and segment, if it has several. */
interface Stretch {
  readonly id: ValueId;
  readonly offset: number;
  readonly bytes: number;
  readonly part?: WeightPart;
  readonly segment?: number;
}

/** What is searched. */
export interface SearchedRuntime {
  readonly gpu: Gpu;
  readonly graph: Graph;
  readonly resources: Resources;
  readonly snapshots: Snapshots | undefined;
}

/** Submits `program` for `s` tokens at row `p`, whose ids are written, and returns the first node with such a number. */
export async function findBroken(
  on: SearchedRuntime,
  program: Program,
  s: number,
  p: number,
): Promise<BrokenNumber | undefined> {
  const values = new Map(on.graph.values.map((value) => [value.id, value]));
  const end = program.begin(s, p, true);
  for (let i = 0; i < end; i++) {
    program.submit(i, i + 1, []);
    const node = program.nodes[i] as Node;
    if (program.nodes[i + 1] === node) continue;
    for (const id of Object.values(node.outputs)) {
      const value = values.get(id) as Value;
      const number = await brokenIn(on, value, values, s, p);
      if (number === undefined) continue;
      const tensor = await brokenWeight(on, node, values);
      const where = { node: node.name, op: node.op, value: value.name, dtype: value.type.dtype, number };
      return tensor === undefined ? where : { ...where, tensor };
    }
  }
  return undefined;
}

/** Reads the rows of a value that the run computed; returns the first number that is not finite. */
async function brokenIn(
  on: SearchedRuntime,
  { id, type, origin }: Value,
  values: ReadonlyMap<ValueId, Value>,
  s: number,
  p: number,
): Promise<number | undefined> {
  const width = bytesOfRow(type);
  const first = (row: number, count: number) =>
    firstBroken(on, type, { id, offset: row * width, bytes: count * width });
  if (origin.kind !== 'view') {
    return first(0, type.shape.length === 1 ? 1 : evaluate(type.shape[0] as number, { S: s, P: p }));
  }
  // Rows of the cache, one at a time where a ring may begin again.
  const state = values.get(origin.of) as Value;
  if (hasSlots(state)) return first(on.snapshots?.run.write ?? 0, 1);
  const ring = ringOf(state);
  const start = evaluate(origin.row, { S: s, P: p });
  if (ring === undefined) return first(start, s);
  for (let i = 0; i < s; i++) {
    const number = await first((start + i) % ring, 1);
    if (number !== undefined) return number;
  }
  return undefined;
}

/** Returns the checkpoint's tensor with such a number among the weights of a node, if one has it. */
async function brokenWeight(
  on: SearchedRuntime,
  node: Node,
  values: ReadonlyMap<ValueId, Value>,
): Promise<string | undefined> {
  for (const id of Object.values(node.inputs)) {
    const { name, type, origin } = values.get(id) as Value;
    if (origin.kind !== 'weight') continue;
    let first = 0;
    for (const [segment, rows] of segmentRows(type, on.gpu.maxBindingBytes).entries()) {
      for (const [part, bytes] of rowBytes(type)) {
        const stretch = { id, offset: 0, bytes: rows * bytes, part, segment };
        const found =
          part === 'scales' && isCell(type.dtype)
            ? await brokenScale(on, type, stretch, bytes, first)
            : await firstBroken(on, type, stretch);
        if (found === undefined) continue;
        const tensors = tensorsOf(origin.rows);
        return tensors.length === 1 ? (tensors[0] as string) : `${name} (${tensors.join(', ')})`;
      }
      first += rows;
    }
  }
  return undefined;
}

/** The first number that is not finite; undefined for ids and codes, which always are. */
async function firstBroken(
  on: SearchedRuntime,
  { dtype }: TensorType,
  stretch: Stretch,
): Promise<number | undefined> {
  const { offset, bytes } = stretch;
  const f16 = stretch.part === 'scales' || dtype === 'f16';
  if (!f16 && dtype !== 'f32') return undefined;
  for (let at = 0; at < bytes; at += PIECE) {
    const piece = { ...stretch, offset: offset + at, bytes: Math.min(PIECE, bytes - at) };
    const read = await bytesAt(on, piece);
    const numbers = f16 ? f32ArrayFromF16(new Uint16Array(read)) : new Float32Array(read);
    const broken = numbers.find((x) => !Number.isFinite(x));
    if (broken !== undefined) return broken;
  }
  return undefined;
}

/**
 * The first scale or offset of cells that is not finite. The buffer also has bits of weights and scales in few bits, so it
 * is no list of halves. `rowLength`: bytes of a row in it; `firstRow`: the matrix's row at the begin of the stretch.
 */
async function brokenScale(
  on: SearchedRuntime,
  type: TensorType,
  stretch: Stretch,
  rowLength: number,
  firstRow: number,
): Promise<number | undefined> {
  const k = type.shape.at(-1) as number;
  const zones = zonesOf(type);
  const split = (zones[0] as Zone).rows;
  const piece = Math.max(1, Math.floor(PIECE / rowLength)) * rowLength;
  for (let at = 0; at < stretch.bytes; at += piece) {
    const bytes = Math.min(piece, stretch.bytes - at);
    const words = new Uint32Array(await bytesAt(on, { ...stretch, offset: stretch.offset + at, bytes }));
    for (let n = 0; n * rowLength < bytes; n++) {
      const row = firstRow + at / rowLength + n;
      const { dtype } = (row < split ? zones[0] : zones[1]) as Zone;
      const begin = (n * rowLength) / 4 + rowOf(dtype, k).extra;
      for (let g = 0; g < k / cellGroup(dtype); g++) {
        const broken = scaleOf(cellForm(dtype).scales, words, begin, g).find((x) => !Number.isFinite(x));
        if (broken !== undefined) return broken;
      }
    }
  }
  return undefined;
}

async function bytesAt(
  { gpu, resources }: SearchedRuntime,
  { id, offset, bytes, part = 'data', segment = 0 }: Stretch,
): Promise<ArrayBuffer> {
  const from = resources.bufferOf(id, part, segment);
  const start = Math.floor(offset / 4) * 4;
  const length = Math.min(from.bytes - start, Math.ceil((offset + bytes - start) / 4) * 4);
  const ring = readbackRing(gpu, 'numbers', length, 1);
  try {
    const slot = ring.take();
    submit(gpu, [], [], [{ from, fromOffset: start, to: slot.buffer, bytes: length }]);
    return (await slot.read(length)).slice(offset - start, offset - start + bytes);
  } finally {
    ring.destroy();
  }
}
