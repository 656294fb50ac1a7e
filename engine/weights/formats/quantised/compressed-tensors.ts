/**
 * compressed-tensors, the format of LLM Compressor and vLLM. A matrix X.weight [N, K] is
 *
 *   pack-quantized   X.weight_packed I32[N, K·b/32], a stream of bits along K; q is stored plus 2^(b − 1)
 *                    X.weight_shape I64[2]
 *                    X.weight_zero_point I32[N·b/32, G], a stream of bits along N; absent where symmetric
 *                    X.weight_g_idx I32[K], where the columns of a group are not neighbours (actorder)
 *   int-quantized    X.weight I8[N, K], X.weight_zero_point I8[N, G]
 *   float-quantized  X.weight F8_E4M3[N, K] (`float8.ts`)
 *   all              X.weight_scale [N, G]; G is 1 for one scale a row. int-quantized: also [1], for the matrix
 *
 * w = scale·(q − zero). Source: `compressors/pack_quantized`, `compressors/naive_quantized` of compressed-tensors.
 */
import { type CellBits, isCellBits } from '../../../tensor/cells.ts';
import { isObject } from '../../sources/json.ts';
import type { CheckpointTensor } from '../checkpoint-tensor.ts';
import { readFloat8 } from './float8.ts';
import { groupsOf, type PackedMatrix, packedTensor } from './packed-matrix.ts';
import {
  bytesOf,
  type CheckpointTensors,
  floatsOf,
  partOf,
  type ReadQuantised,
  rowStream,
  SCALE_TYPES,
  type ScaleType,
  sizesOf,
  unfit,
  unpack,
} from './parts.ts';
import { unreadable } from './unreadable.ts';

const READABLE = [
  'pack-quantized',
  'int-quantized',
  'float-quantized',
  'naive-quantized',
  'mixed-precision',
  'dense',
];
const PARTS = /^(.*\.weight)(?:_packed|_scale|_zero_point|_shape|_g_idx)?$/;

export const readCompressed: ReadQuantised = async (tensors, facts, signal) => {
  const schemes = schemesOf(facts);
  const all = new Map<string, CheckpointTensor>();
  for (const [name, tensor] of tensors) {
    const weight = PARTS.exec(name)?.[1];
    const packed = weight === undefined ? undefined : tensors.get(`${weight}_packed`);
    const plain = weight === undefined ? undefined : tensors.get(weight);
    if (weight === undefined || (packed === undefined && plain?.dtype !== 'I8')) all.set(name, tensor);
    else if (packed === tensor) all.set(weight, packedInts(tensors, weight, schemes));
    else if (plain === tensor) all.set(weight, wholeBytes(tensors, weight));
  }
  return await readFloat8(all, facts, signal);
};

/** Bits and groups that the config has for some modules; 0: one group a row. */
interface Scheme {
  readonly bits: number;
  readonly group: number;
}

function schemesOf(facts: Readonly<Record<string, unknown>>): Scheme[] {
  const groups = isObject(facts.config_groups) ? Object.values(facts.config_groups).filter(isObject) : [];
  for (const format of [facts.format, ...groups.map((group) => group.format)]) {
    if (format != null && !READABLE.includes(String(format)))
      unreadable(`compressed-tensors as ${format}`, 'format');
  }
  const { sparsity_config: sparse, transform_config: rotated } = facts;
  if (isObject(sparse) && !['dense', undefined, null].includes(sparse.format as string)) {
    unreadable('compressed-tensors with sparse matrices', 'sparsity_config');
  }
  if (
    isObject(rotated) &&
    Object.keys(isObject(rotated.config_groups) ? rotated.config_groups : rotated).length > 0
  ) {
    unreadable('compressed-tensors with rotations', 'transform_config');
  }
  return groups.flatMap(({ weights }) =>
    isObject(weights) && weights.type !== 'float'
      ? [{ bits: Number(weights.num_bits), group: Math.max(0, Number(weights.group_size ?? 0)) }]
      : [],
  );
}

/** Sizes of a matrix in packed words: those of a scheme that fit. */
function sizesIn(
  packed: CheckpointTensor,
  scale: CheckpointTensor,
  schemes: readonly Scheme[],
): { bits: CellBits; columns: number; group: number } {
  const [rows, words] = sizesOf(packed);
  const [height, groups] = sizesOf(scale);
  for (const { bits, group } of schemes) {
    const columns = (32 * words) / bits;
    const fits = group === 0 ? groups === 1 : groups === Math.ceil(columns / group);
    if (isCellBits(bits) && Number.isInteger(columns) && fits && height === rows) {
      return { bits, columns, group: group === 0 ? columns : group };
    }
  }
  const wanted = schemes.map(({ bits, group }) => `${bits} bits in groups of ${group || 'a row'}`);
  return unfit(packed, `${wanted.join(', or ')}, for ${groups} scales a row`);
}

function packedInts(
  tensors: CheckpointTensors,
  weight: string,
  schemes: readonly Scheme[],
): CheckpointTensor {
  const packed = partOf(tensors, `${weight}_packed`, ['I32']);
  const scale = partOf(tensors, `${weight}_scale`, SCALE_TYPES);
  const { bits, columns, group } = sizesIn(packed, scale, schemes);
  const [rows, words] = sizesOf(packed);
  const groups = groupsOf({ columns, group });
  const zeroWords = Math.ceil((rows * bits) / 32);
  const zeros = tensors.has(`${weight}_zero_point`)
    ? partOf(tensors, `${weight}_zero_point`, ['I32'], [zeroWords, groups])
    : undefined;
  const order = tensors.get(`${weight}_g_idx`);
  const matrix: PackedMatrix = {
    ...{ rows, columns, type: bits, scales: scale.dtype as ScaleType, second: 'zero', group },
    unordered: order !== undefined && groups > 1,
  };
  const tags = [packed, scale, zeros ?? scale].map(({ source }) => source.tag);
  return packedTensor(weight, 'compressed-tensors', matrix, tags, async (first, signal) => {
    const scales = await floatsOf(scale, signal);
    const zero = zeros && unpackedDown(new Uint32Array(await bytesOf(zeros, signal)), bits, rows, groups);
    const index = order === undefined ? undefined : new Int32Array(await bytesOf(order, signal));
    if (order && (index?.length !== columns || index.some((g) => g < 0 || g >= groups))) {
      unfit(order, `${columns} of ${groups} groups`);
    }
    const stream = rowStream(packed, first, signal);
    return {
      async fill(from, count, into) {
        const read = new Uint32Array((await stream.next(count)).buffer);
        for (let i = 0; i < count; i++) unpack(read, i * words, bits, columns, into.q, i * columns);
        into.s.set(scales.subarray(from * groups, (from + count) * groups));
        if (zero === undefined) into.second.fill(2 ** (bits - 1));
        else into.second.set(zero.subarray(from * groups, (from + count) * groups));
      },
      close: stream.close,
      ...(index === undefined ? {} : { order: index }),
    };
  });
}

/** Numbers that are packed along N, as [N, groups]. */
function unpackedDown(words: Uint32Array, bits: number, rows: number, groups: number): Uint8Array {
  const out = new Uint8Array(rows * groups);
  const column = new Uint32Array(words.length / groups);
  const numbers = new Uint8Array(rows);
  for (let g = 0; g < groups; g++) {
    for (let i = 0; i < column.length; i++) column[i] = words[i * groups + g] as number;
    unpack(column, 0, bits, rows, numbers, 0);
    for (let n = 0; n < rows; n++) out[n * groups + g] = numbers[n] as number;
  }
  return out;
}

function wholeBytes(tensors: CheckpointTensors, name: string): CheckpointTensor {
  const weight = partOf(tensors, name, ['I8']);
  const scale = partOf(tensors, `${name}_scale`, SCALE_TYPES);
  const [rows, columns] = sizesOf(weight);
  const isOne = scale.shape.every((d) => d === 1);
  const groups = isOne ? 1 : (scale.shape[1] ?? 1);
  if (!isOne && (scale.shape[0] !== rows || columns % groups !== 0)) unfit(scale, `scales for ${rows} rows`);
  const zeros = tensors.has(`${name}_zero_point`)
    ? partOf(tensors, `${name}_zero_point`, ['I8'], scale.shape)
    : undefined;
  const scales = scale.dtype as ScaleType;
  const matrix = { rows, columns, type: 8, scales, second: 'zero', group: columns / groups } as const;
  const tags = [weight, scale, zeros ?? scale].map(({ source }) => source.tag);
  return packedTensor(name, 'compressed-tensors', matrix, tags, async (first, signal) => {
    const numbers = await floatsOf(scale, signal);
    const zero = zeros && new Int8Array(await bytesOf(zeros, signal));
    const stream = rowStream(weight, first, signal);
    return {
      async fill(from, count, into) {
        const read = await stream.next(count);
        for (let i = 0; i < read.length; i++) into.q[i] = (read[i] as number) ^ 128;
        for (let i = 0; i < into.s.length; i++) {
          const at = isOne ? 0 : from * groups + i;
          into.s[i] = numbers[at] as number;
          into.second[i] = 128 + (zero?.[at] ?? 0);
        }
      },
      close: stream.close,
    };
  });
}
