/**
 * bitsandbytes, as transformers stores it. A matrix X.weight [N, K] in 4 bits is blocks of its numbers in one row after
 * the other:
 *
 *   X.weight               U8[N·K/2, 1], the first number of two in the high nibble
 *   X.weight.absmax        F32[blocks]; with double quantisation U8[blocks], an index into nested_quant_map
 *   X.weight.nested_absmax, X.weight.nested_quant_map       F32, for each 256 blocks; F32[256]
 *   X.weight.quant_map     F32[16], the table of the type
 *   X.weight.quant_state.bitsandbytes__nf4 (or __fp4)       U8, JSON: shape, blocksize, nested_offset, …
 *
 * w = absmax·table[q], where with double quantisation absmax = nested_absmax·nested_quant_map[i] + nested_offset. In 8
 * bits (LLM.int8()):
 *
 *   X.weight  I8[N, K]      X.SCB  F32[N]      w = q·SCB/127
 *
 * Sources: `functional.py` (QuantState), `nn/modules.py` (Linear8bitLt), `backends/default/ops.py` of bitsandbytes.
 */
import { fail } from '../../../base/errors.ts';
import { cellForm } from '../../../tensor/cells.ts';
import { parseJson } from '../../sources/json.ts';
import type { CheckpointTensor } from '../checkpoint-tensor.ts';
import { packedTensor } from './packed-matrix.ts';
import {
  bytesOf,
  type CheckpointTensors,
  floatsOf,
  partOf,
  type ReadQuantised,
  rowStream,
  sizesOf,
  unfit,
} from './parts.ts';

const STATE = /^(.*\.weight)\.quant_state\.bitsandbytes__(nf4|fp4)$/;
const BESIDE = /\.(?:absmax|quant_map|nested_absmax|nested_quant_map|quant_state\.bitsandbytes__\w+)$/;
/** A state is about 200 bytes. */
const MAX_STATE_BYTES = 4096;
/** States that are read at once: they are small, and lie between the weights. */
const AT_ONCE = 8;

export const readBitsAndBytes: ReadQuantised = async (tensors, _, signal) => {
  const all = new Map<string, CheckpointTensor>();
  const states = await statesOf(tensors, signal);
  for (const [name, tensor] of tensors) {
    const state = states.get(name);
    const module = name.replace(/\.(?:weight|SCB|weight_format)$/, '');
    const isInt8 = module !== name && tensors.get(`${module}.weight`)?.dtype === 'I8';
    if (state !== undefined) all.set(name, fourBits(tensors, tensor, state));
    else if (isInt8 && name.endsWith('.weight')) all.set(name, int8(tensors, module));
    else if (!isInt8 && !states.has(name.replace(BESIDE, ''))) all.set(name, tensor);
  }
  return all;
};

interface QuantState {
  readonly type: 'nf4' | 'fp4';
  readonly rows: number;
  readonly columns: number;
  readonly block: number;
  /** Of double quantisation. */
  readonly nested?: { readonly block: number; readonly offset: number };
}

async function statesOf(tensors: CheckpointTensors, signal?: AbortSignal): Promise<Map<string, QuantState>> {
  const found = [...tensors.values()].filter(({ name }) => STATE.test(name));
  const states = new Map<string, QuantState>();
  for (let i = 0; i < found.length; i += AT_ONCE) {
    const read = found.slice(i, i + AT_ONCE).map(async (tensor) => {
      const [, name = '', type = ''] = STATE.exec(tensor.name) ?? [];
      if (tensor.bytes > MAX_STATE_BYTES) unfit(tensor, `at most ${MAX_STATE_BYTES} bytes`);
      const json = new Uint8Array(await bytesOf(tensor, signal));
      const facts = parseJson(json, `${tensor.source.name}, tensor ${tensor.name}`, 'checkpoint-damaged');
      states.set(name, parseState(tensor, type as QuantState['type'], facts));
    });
    await Promise.all(read);
  }
  return states;
}

function parseState(
  tensor: CheckpointTensor,
  type: QuantState['type'],
  { shape, blocksize, nested_blocksize: nested, nested_offset: offset }: Readonly<Record<string, unknown>>,
): QuantState {
  const [rows, columns] = Array.isArray(shape) && shape.length === 2 ? shape.map(Number) : [0, 0];
  const isSize = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) > 0;
  if (!isSize(rows) || !isSize(columns) || !isSize(blocksize))
    return unfit(tensor, 'a shape of two sizes, and a blocksize');
  const state = { type, rows, columns, block: blocksize };
  if (nested == null) return state;
  return isSize(nested) && Number.isFinite(offset)
    ? { ...state, nested: { block: nested, offset: Math.fround(offset as number) } }
    : unfit(tensor, 'nested_blocksize and nested_offset');
}

function fourBits(tensors: CheckpointTensors, weight: CheckpointTensor, state: QuantState): CheckpointTensor {
  const { type, rows, columns, block, nested } = state;
  const { name } = weight;
  const blocks = Math.ceil((rows * columns) / block);
  if (weight.dtype !== 'U8' || weight.bytes !== Math.ceil((rows * columns) / 2) || columns % 2 !== 0) {
    unfit(weight, `U8, ${rows} × ${columns} numbers of 4 bits`);
  }
  const absmax = partOf(tensors, `${name}.absmax`, [nested === undefined ? 'F32' : 'U8'], [blocks]);
  const map = partOf(tensors, `${name}.quant_map`, ['F32'], [16]);
  const outer = nested && {
    absmax: partOf(tensors, `${name}.nested_absmax`, ['F32'], [Math.ceil(blocks / nested.block)]),
    map: partOf(tensors, `${name}.nested_quant_map`, ['F32'], [256]),
  };
  // A block may end within a row: the widest groups that are in one block each.
  const group = commonDivisor(columns, block);
  const matrix = { rows, columns, type, scales: 'F32', second: 'none', group } as const;
  const packed = { ...weight, shape: [rows, columns / 2] };
  const tags = [weight, absmax].map(({ source }) => source.tag);
  return packedTensor(name, `bitsandbytes ${type.toUpperCase()}`, matrix, tags, async (first, signal) => {
    requireTable(map, type, await floatsOf(map, signal));
    const scales =
      nested === undefined || outer === undefined
        ? await floatsOf(absmax, signal)
        : unnested(
            new Uint8Array(await bytesOf(absmax, signal)),
            await floatsOf(outer.absmax, signal),
            await floatsOf(outer.map, signal),
            nested,
          );
    const stream = rowStream(packed, first, signal);
    return {
      async fill(from, count, into) {
        const read = await stream.next(count);
        for (let i = 0; i < read.length; i++) {
          into.q[2 * i] = (read[i] as number) >> 4;
          into.q[2 * i + 1] = (read[i] as number) & 15;
        }
        for (let g = 0; g < into.s.length; g++) {
          const at = from * columns + g * group;
          into.s[g] = scales[Math.floor(at / block)] as number;
        }
      },
      close: stream.close,
    };
  });
}

/** The scales of blocks that are quantised themselves: a product and a sum, each rounded to f32 as there. */
function unnested(
  codes: Uint8Array,
  absmax: Float32Array,
  map: Float32Array,
  { block, offset }: NonNullable<QuantState['nested']>,
): Float32Array {
  return Float32Array.from(codes, (code, i) => {
    const product = Math.fround((map[code] as number) * (absmax[Math.floor(i / block)] as number));
    return product + offset;
  });
}

/** Throws `model-unknown` for a table that is not the type's. */
function requireTable(map: CheckpointTensor, type: QuantState['type'], found: Float32Array): void {
  const table = cellForm(type).table as readonly number[];
  const odd = table.findIndex((value, q) => Math.abs(value - (found[q] as number)) > 1e-6);
  if (odd < 0) return;
  fail('model-unknown', {
    who: map.source.name,
    where: `tensor ${map.name}[${odd}]`,
    message: `the table is not that of ${type.toUpperCase()}`,
    expected: table[odd] as number,
    got: found[odd] as number,
  });
}

function int8(tensors: CheckpointTensors, module: string): CheckpointTensor {
  const weight = partOf(tensors, `${module}.weight`, ['I8']);
  const [rows, columns] = sizesOf(weight);
  const scb = partOf(tensors, `${module}.SCB`, ['F32'], [rows]);
  const matrix = { rows, columns, type: 8, scales: 'F32', second: 'zero', group: columns } as const;
  const tags = [weight, scb].map(({ source }) => source.tag);
  return packedTensor(weight.name, 'bitsandbytes int8', matrix, tags, async (first, signal) => {
    const scales = await floatsOf(scb, signal);
    const stream = rowStream(weight, first, signal);
    return {
      async fill(from, count, into) {
        const read = await stream.next(count);
        for (let i = 0; i < read.length; i++) into.q[i] = (read[i] as number) ^ 128;
        for (let i = 0; i < count; i++) into.s[i] = (scales[from + i] as number) / 127;
        into.second.fill(128);
      },
      close: stream.close,
    };
  });
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
