/**
 * FP8: matrices X.weight F8_E4M3[N, K] and a scale for the matrix, for each row, or for each block of it. w = scale·value.
 *
 *   X.weight_scale_inv  [⌈N/128⌉, ⌈K/128⌉]              transformers (`fp8`), as DeepSeek and Qwen publish; or one number
 *   X.weight_scale      [N, 1], [N], [1], [], or blocks   compressed-tensors (`float-quantized`), FBGEMM, ModelOpt, vLLM
 *
 * Both are multiplied, whatever their names say. Scales of activations are left out: activations stay as they are.
 * Source: `integrations/finegrained_fp8.py` of transformers.
 */
import { fail } from '../../../base/errors.ts';
import { isObject } from '../../sources/json.ts';
import type { CheckpointTensor } from '../checkpoint-tensor.ts';
import { groupsOf, type PackedBlock, packedTensor } from './packed-matrix.ts';
import {
  type CheckpointTensors,
  floatsOf,
  type ReadQuantised,
  rowStream,
  SCALE_TYPES,
  sizesOf,
  unfit,
} from './parts.ts';

const SUFFIXES = ['_scale_inv', '_scale'] as const;

export const readFloat8: ReadQuantised = (tensors, facts) => {
  const size = Array.isArray(facts.weight_block_size) ? facts.weight_block_size : structureOf(facts);
  const block = (Array.isArray(size) ? size : [128, 128]).map(Number) as [number, number];
  const all = new Map<string, CheckpointTensor>();
  for (const [name, tensor] of tensors) {
    const weight = SUFFIXES.map((suffix) => name.endsWith(suffix) && name.slice(0, -suffix.length)).find(
      Boolean,
    );
    if (weight && tensors.get(weight)?.dtype === 'F8_E4M3') continue;
    const isMatrix = tensor.dtype === 'F8_E4M3' && tensor.shape.length === 2;
    all.set(name, isMatrix ? matrixOf(tensors, tensor, block) : tensor);
  }
  return all;
};

/** compressed-tensors: the block of the first group of modules that has one. */
function structureOf({ config_groups: groups }: Readonly<Record<string, unknown>>): unknown {
  const weights = isObject(groups)
    ? Object.values(groups).map((group) => (isObject(group) && isObject(group.weights) ? group.weights : {}))
    : [];
  return weights.find(({ block_structure: structure }) => Array.isArray(structure))?.block_structure;
}

interface Blocks {
  /** Rows and columns of a block. */
  readonly height: number;
  readonly width: number;
  /** Blocks along K. */
  readonly across: number;
}

/** What a number of the scales is for. */
function blocksOf(
  scale: CheckpointTensor | undefined,
  rows: number,
  columns: number,
  block: [number, number],
): Blocks {
  const whole = { height: rows, width: columns, across: 1 };
  if (scale === undefined || scale.shape.every((d) => d === 1)) return whole;
  const [down = 1, across = 1] = scale.shape;
  if (scale.shape.length <= 2 && down === rows && across === 1) return { ...whole, height: 1 };
  const [height, width] = block;
  const fits =
    scale.shape.length === 2 && down === Math.ceil(rows / height) && across === Math.ceil(columns / width);
  return fits
    ? { height, width, across }
    : unfit(scale, `a scale for each row of ${rows}, or for blocks of ${block}`);
}

function matrixOf(
  tensors: CheckpointTensors,
  weight: CheckpointTensor,
  block: [number, number],
): CheckpointTensor {
  const [rows, columns] = sizesOf(weight);
  const scale = SUFFIXES.map((suffix) => tensors.get(weight.name + suffix)).find(
    (found) => found !== undefined,
  );
  if (scale !== undefined && !SCALE_TYPES.some((type) => type === scale.dtype))
    unfit(scale, SCALE_TYPES.join(', '));
  const { height, width, across } = blocksOf(scale, rows, columns, block);
  const matrix = { rows, columns, type: 'e4m3', scales: 'F32', second: 'none', group: width } as const;
  const tags = [weight.source.tag, scale === undefined ? weight.source.tag : scale.source.tag];
  return packedTensor(weight.name, 'FP8', matrix, tags, async (first, signal) => {
    const scales = scale === undefined ? Float32Array.of(1) : await floatsOf(scale, signal);
    const stream = rowStream(weight, first, signal);
    const groups = groupsOf(matrix);
    const fill = async (from: number, count: number, into: PackedBlock) => {
      into.q.set(await stream.next(count));
      const odd = into.q.findIndex((q) => (q & 127) === 127);
      if (odd >= 0) notANumber(weight, from + Math.floor(odd / columns), odd % columns);
      for (let i = 0; i < count; i++) {
        const at = Math.floor((from + i) / height) * across;
        into.s.set(scales.subarray(at, at + across), i * groups);
      }
    };
    return { fill, close: stream.close };
  });
}

function notANumber({ name, source }: CheckpointTensor, row: number, column: number): never {
  fail('checkpoint-damaged', {
    who: source.name,
    where: `tensor ${name}, row ${row}, column ${column}`,
    message: 'a weight is not a number',
    expected: 'finite weights',
    got: 'NaN',
  });
}
