/**
 * Every buffer of a model, made once: slots of the memory plan, weights, tables, caches.
 *
 * Not here: what fills the weights (`upload.ts`), parameters of a step (`program.ts`).
 */
import { fail } from '../base/errors.ts';
import { type Buffer, createBuffer, type Gpu, writeBuffer } from '../gpu/index.ts';
import { constantTable } from '../graph/constants.ts';
import type { Graph, Value, ValueId } from '../graph/graph.ts';
import type { Plan } from '../graph/plan.ts';
import { narrow } from '../kernels/index.ts';
import { m0e4Layout } from '../quant/m0e4.ts';
import { type Dim, isConstant } from '../symbolic/dim.ts';
import { bounds } from '../symbolic/relate.ts';
import { byteSize, dimOf, rowsOf, type TensorType } from '../tensor/tensor.ts';

export type Part = 'data' | 'scales';

export interface Resources {
  /** The buffer that holds a value; throws for one that has none. */
  bufferOf(id: ValueId, part: Part): Buffer;
  readonly weightBytes: number;
  readonly cacheBytes: number;
  destroy(): void;
}

/** For at most S new tokens and a cache of C. Throws `gpu-limit` naming the tensor that is larger than a binding may be. */
export function createResources(
  gpu: Gpu,
  graph: Graph,
  plan: Plan,
  longest: { S: number; C: number },
): Resources {
  const made: Buffer[] = [];
  const buffers = new Map<string, Buffer>();
  const create = (label: string, bytes: number): Buffer => {
    const buffer = createBuffer(gpu, label, bytes);
    made.push(buffer);
    return buffer;
  };
  const at = { S: { min: 1, max: longest.S }, C: { min: longest.C, max: longest.C } };
  const most = (d: Dim) => bounds(narrow(d, at)).max;
  const sums = { weight: 0, state: 0 };
  try {
    const slots = plan.slots.map((slot) => create(`slot ${slot.id}`, most(slot.bytes)));
    for (const value of graph.values) {
      const { kind } = value.origin;
      if (kind === 'node' || kind === 'input') {
        buffers.set(`${value.id} data`, slots[plan.slotOf(value.id)] as Buffer);
      } else if (kind === 'weight') {
        for (const [part, bytes] of partsOf(value.type)) {
          buffers.set(
            `${value.id} ${part}`,
            create(part === 'data' ? value.name : `${value.name} ${part}`, bytes),
          );
          sums.weight += bytes;
        }
      } else if (kind === 'state') {
        const bytes = most(byteSize(value.type));
        buffers.set(`${value.id} data`, create(value.name, bytes));
        sums.state += bytes;
      } else if (kind === 'constant') {
        buffers.set(`${value.id} data`, table(gpu, value, longest.C, create));
      }
    }
    for (const { id, origin } of graph.values) {
      if (origin.kind === 'view') buffers.set(`${id} data`, buffers.get(`${origin.of} data`) as Buffer);
    }
  } catch (error) {
    for (const buffer of made) buffer.destroy();
    throw error;
  }
  return {
    bufferOf: (id, part) =>
      buffers.get(`${id} ${part}`) ??
      fail('internal', { who: 'resources', message: 'a value without a buffer', got: `${id} ${part}` }),
    weightBytes: sums.weight,
    cacheBytes: sums.state,
    destroy: () => {
      for (const buffer of made) buffer.destroy();
    },
  };
}

/** Bytes of a weight's buffers. Throws `internal` for a weight whose shape is not known. */
export function partsOf(type: TensorType): [Part, number][] {
  const bytes = byteSize(type);
  if (!isConstant(bytes)) fail('internal', { who: 'resources', message: 'a weight of symbolic size' });
  if (type.dtype !== 'm0e4') return [['data', bytes]];
  const { nibbleBytes, scaleBytes } = m0e4Layout(dimOf(type, -1) as number, type.group ?? 32);
  const rows = rowsOf(type) as number;
  return [
    ['data', rows * nibbleBytes],
    ['scales', rows * scaleBytes],
  ];
}

function table(
  gpu: Gpu,
  value: Value,
  capacity: number,
  create: (label: string, bytes: number) => Buffer,
): Buffer {
  if (value.origin.kind !== 'constant') fail('internal', { who: value.name, message: 'not a constant' });
  const numbers = Float32Array.from(constantTable(value.origin.table, capacity).data);
  const buffer = create(value.name, numbers.byteLength);
  writeBuffer(gpu, buffer, 0, numbers);
  return buffer;
}
