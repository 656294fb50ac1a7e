/**
 * All buffers of a model, created once: slots of the memory plan, weights, pages, tables, caches.
 *
 * Not here: loading the weights (`upload.ts`), the parameters of a step (`program/program.ts`).
 */
import { fail } from '../../base/errors.ts';
import { type Buffer, createBuffer, type Gpu, writeBuffer } from '../../gpu/index.ts';
import { constantTable } from '../../ops/rope/table.ts';
import type { Graph, Value, ValueId } from '../../graph/graph.ts';
import type { MemoryPlan } from '../../graph/plan.ts';
import { bindDim } from '../../kernels/bind-dims.ts';
import type { Dim } from '../../symbolic/dim.ts';
import { bounds } from '../../symbolic/relate.ts';
import { byteSize, dimOf } from '../../tensor/tensor.ts';
import { type WeightPart, roomOf, rowBytes, segmentRows } from './segments.ts';

export interface Resources {
  /** The buffer that holds a value. Throws `internal` for a value without one. */
  bufferOf(id: ValueId, part: WeightPart, segment?: number): Buffer;
  /** The workspace of the node with this index. Throws `internal` for a node without one. */
  workspaceOf(node: number): Buffer;
  readonly weightBytes: number;
  /** Bytes of the states that runs write into. */
  readonly cacheBytes: number;
  destroy(): void;
}

/**
 * Allocates for at most S new tokens and a cache of C. Throws `gpu-limit` with the tensor that exceeds the largest
 * binding.
 */
export function createResources(
  gpu: Gpu,
  graph: Graph,
  plan: MemoryPlan,
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
  const most = (d: Dim) => bounds(bindDim(d, at)).max;
  const sums = { weight: 0, cache: 0 };
  const cached = new Set(graph.values.map(({ origin }) => (origin.kind === 'view' ? origin.of : -1)));
  const slots: Buffer[] = [];
  try {
    slots.push(...plan.slots.map((slot) => create(`slot ${slot.id}`, most(slot.bytes))));
    for (const value of graph.values) {
      const { kind } = value.origin;
      if (kind === 'node' || kind === 'input') {
        buffers.set(`${value.id} data 0`, slots[plan.slotOf(value.id)] as Buffer);
      } else if (kind === 'weight') {
        segmentRows(value.type, gpu.maxBindingBytes).forEach((rows, segment) => {
          for (const [part, bytes] of rowBytes(value.type)) {
            const label = `${value.name}${part === 'data' ? '' : ` ${part}`}${segment > 0 ? ` ${segment}` : ''}`;
            buffers.set(`${value.id} ${part} ${segment}`, create(label, roomOf(value.type, rows, bytes)));
            sums.weight += rows * bytes;
          }
        });
      } else if (kind === 'state') {
        const bytes = most(byteSize(value.type));
        buffers.set(`${value.id} data 0`, create(value.name, bytes));
        if (cached.has(value.id)) sums.cache += bytes;
      } else if (kind === 'pages') {
        for (const [part, bytes] of rowBytes(value.type)) {
          const label = `${value.name}${part === 'data' ? '' : ` ${part}`}`;
          const room = roomOf(value.type, most(dimOf(value.type, 0)), bytes);
          buffers.set(`${value.id} ${part} 0`, create(label, room));
        }
      } else if (kind === 'constant') {
        buffers.set(`${value.id} data 0`, table(gpu, value, longest.C, create));
      }
    }
    for (const { id, origin } of graph.values) {
      if (origin.kind === 'view') buffers.set(`${id} data 0`, buffers.get(`${origin.of} data 0`) as Buffer);
    }
  } catch (error) {
    for (const buffer of made) buffer.destroy();
    throw error;
  }
  const missing = (got: string): never =>
    fail('internal', { who: 'resources', message: 'there is no such buffer', got });
  return {
    bufferOf: (id, part, segment = 0) =>
      buffers.get(`${id} ${part} ${segment}`) ?? missing(`${part} ${segment} of value ${id}`),
    workspaceOf: (node) => slots[plan.workspaceOf(node) ?? -1] ?? missing(`workspace of node ${node}`),
    weightBytes: sums.weight,
    cacheBytes: sums.cache,
    destroy: () => {
      for (const buffer of made) buffer.destroy();
    },
  };
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
