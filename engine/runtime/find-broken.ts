/**
 * Finds where a number that is not finite comes from: runs a program one dispatch at a time and reads back what each node
 * computed. Slow, and used only after an answer has failed; the hot path notices such numbers by the chosen id
 * (`sampling/broken.ts`).
 */
import { type Gpu, readbackRing, submit } from '../gpu/index.ts';
import type { Graph, Node, Value, ValueId } from '../graph/graph.ts';
import { ringRows } from '../graph/rings.ts';
import { tensorsOf } from '../graph/rows.ts';
import { evaluate } from '../symbolic/evaluate.ts';
import { f32ArrayFromF16 } from '../tensor/f16.ts';
import { bytesOfRow, type TensorType } from '../tensor/tensor.ts';
import { rowBytes, segmentRows, type WeightPart } from './memory/segments.ts';
import type { Resources } from './memory/resources.ts';
import type { Program } from './program/program.ts';
import type { BrokenNumber } from './runtime.ts';

/** What is searched. */
export interface SearchedRuntime {
  readonly gpu: Gpu;
  readonly graph: Graph;
  readonly resources: Resources;
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
  if (origin.kind !== 'view') {
    const rows = type.shape.length === 1 ? 1 : evaluate(type.shape[0] as number, { S: s, P: p });
    return firstBroken(type, await bytesAt(on, id, 0, rows * width));
  }
  // Rows of the cache, one at a time where a ring may begin again.
  const ring = ringRows((values.get(origin.of) as Value).type);
  const first = evaluate(origin.row, { S: s, P: p });
  const whole =
    ring === undefined
      ? [[first, s] as const]
      : Array.from({ length: s }, (_, i) => [(first + i) % ring, 1] as const);
  for (const [row, count] of whole) {
    const number = firstBroken(type, await bytesAt(on, id, row * width, count * width));
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
    for (const [segment, rows] of segmentRows(type, on.gpu.maxBindingBytes).entries()) {
      for (const [part, bytes] of rowBytes(type)) {
        const numbers = numbersOf(type, part);
        if (numbers === undefined) continue;
        const read = await bytesAt(on, id, 0, rows * bytes, part, segment);
        const broken = numbers(read).findIndex((x) => !Number.isFinite(x));
        if (broken < 0) continue;
        const tensors = tensorsOf(origin.rows);
        return tensors.length === 1 ? (tensors[0] as string) : `${name} (${tensors.join(', ')})`;
      }
    }
  }
  return undefined;
}

/** How a part of a weight is read as numbers; undefined for codes, which are always finite. */
function numbersOf(
  { dtype }: TensorType,
  part: WeightPart,
): ((bytes: ArrayBuffer) => Float32Array) | undefined {
  if (part === 'scales') return (bytes) => f32ArrayFromF16(new Uint16Array(bytes));
  if (dtype === 'f32') return (bytes) => new Float32Array(bytes);
  return dtype === 'f16' ? (bytes) => f32ArrayFromF16(new Uint16Array(bytes)) : undefined;
}

function firstBroken({ dtype }: TensorType, bytes: ArrayBuffer): number | undefined {
  const numbers =
    dtype === 'f32'
      ? new Float32Array(bytes)
      : dtype === 'f16'
        ? f32ArrayFromF16(new Uint16Array(bytes))
        : undefined;
  return numbers?.find((x) => !Number.isFinite(x));
}

async function bytesAt(
  { gpu, resources }: SearchedRuntime,
  id: ValueId,
  offset: number,
  bytes: number,
  part: WeightPart = 'data',
  segment = 0,
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
