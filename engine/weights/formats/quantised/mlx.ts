/**
 * MLX: a matrix X.weight [N, K] of `b` bits in groups of `g` is three tensors,
 *
 *   X.weight  U32[N, K·b/32], a stream of bits along K
 *   X.scales  F16, BF16 or F32 [N, K/g]
 *   X.biases  of the same type and shape
 *
 * w = scale·q + bias. config.json has `quantization: { bits, group_size, mode? }`, and in it, by the names of modules, what
 * differs; `false` is a matrix as it was. Sources: `ops.cpp` of MLX (affine_quantize), `utils.py` of mlx-lm.
 */
import { isCellBits } from '../../../tensor/cells.ts';
import { isObject } from '../../sources/json.ts';
import type { CheckpointTensor } from '../checkpoint-tensor.ts';
import { groupsOf, packedTensor } from './packed-matrix.ts';
import {
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

/** What MLX takes for null, as the mixtures of mlx-lm write it. */
const DEFAULTS = { bits: 4, group: 64 } as const;

export const readMlx: ReadQuantised = (tensors, facts) => {
  const all = new Map<string, CheckpointTensor>();
  for (const [name, tensor] of tensors) {
    const prefix = /^(.*)\.(?:weight|scales|biases)$/.exec(name)?.[1];
    const isPart = prefix !== undefined && tensors.get(`${prefix}.weight`)?.dtype === 'U32';
    if (!isPart) all.set(name, tensor);
    else if (name.endsWith('.weight')) all.set(name, matrixOf(tensors, prefix, facts));
  }
  return all;
};

function matrixOf(
  tensors: CheckpointTensors,
  prefix: string,
  facts: Readonly<Record<string, unknown>>,
): CheckpointTensor {
  const own = facts[prefix];
  const { mode = 'affine', bits, group_size: group } = isObject(own) ? { mode: facts.mode, ...own } : facts;
  if (mode !== 'affine') unreadable(`MLX in the mode ${String(mode)}`, 'mode');
  const weight = partOf(tensors, `${prefix}.weight`, ['U32']);
  const scales = partOf(tensors, `${prefix}.scales`, SCALE_TYPES);
  const [rows, words] = sizesOf(weight);
  const [, groups] = sizesOf(scales);
  const [b, g] = [Number(bits ?? DEFAULTS.bits), Number(group ?? DEFAULTS.group)];
  const columns = groups * g;
  if (!isCellBits(b) || 32 * words !== columns * b) unfit(weight, `${b} bits in ${groups} groups of ${g}`);
  partOf(tensors, `${prefix}.scales`, SCALE_TYPES, [rows, groups]);
  const biases = partOf(tensors, `${prefix}.biases`, [scales.dtype], [rows, groups]);
  const scaleType = scales.dtype as ScaleType;
  const matrix = { rows, columns, type: b, scales: scaleType, second: 'offset', group: g } as const;
  const tags = [weight, scales, biases].map(({ source }) => source.tag);
  return packedTensor(`${prefix}.weight`, 'MLX', matrix, tags, async (first, signal) => {
    const s = await floatsOf(scales, signal);
    const offsets = await floatsOf(biases, signal);
    const stream = rowStream(weight, first, signal);
    return {
      async fill(from, count, into) {
        const read = new Uint32Array((await stream.next(count)).buffer);
        for (let i = 0; i < count; i++) unpack(read, i * words, b, columns, into.q, i * columns);
        const n = groupsOf(matrix);
        into.s.set(s.subarray(from * n, (from + count) * n));
        into.second.set(offsets.subarray(from * n, (from + count) * n));
      },
      close: stream.close,
    };
  });
}
