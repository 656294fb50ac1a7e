/**
 * BitNet as transformers packs it: a matrix X.weight [N, K] of −1, 0 and 1 is two tensors,
 *
 *   X.weight        U8[N/4, K]: byte [r, k] has the values of rows r, r + N/4, r + N/2, r + 3N/4 in two bits each, plus 1
 *   X.weight_scale  a float
 *
 * w = (q − 1)·scale where `linear_class` is autobitlinear, w = (q − 1)/scale otherwise. Activations are not rounded to 8 bits
 * here. Source: transformers `integrations/bitnet.py`; Ma et al., arXiv 2402.17764.
 */
import type { CheckpointTensor } from '../checkpoint-tensor.ts';
import { packedTensor } from './packed-matrix.ts';
import {
  type CheckpointTensors,
  floatsOf,
  partOf,
  type ReadQuantised,
  rowStream,
  SCALE_TYPES,
  sizesOf,
  type RowStream,
} from './parts.ts';
import { unreadable } from './unreadable.ts';

/** Rows in a byte. */
const PER_BYTE = 4;
/** A whole matrix has one scale: the widest group that kernels know. */
const GROUP = 128;

export const readBitNet: ReadQuantised = (tensors, facts) => {
  if (facts.quantization_mode === 'online')
    unreadable('BitNet that is rounded while it runs', 'quantization_mode');
  if (facts.use_rms_norm === true) unreadable('BitNet with norms of its own', 'use_rms_norm');
  const multiplies = facts.linear_class === 'autobitlinear';
  const all = new Map<string, CheckpointTensor>();
  for (const [name, tensor] of tensors) {
    const prefix = /^(.*)\.(?:weight|weight_scale)$/.exec(name)?.[1];
    const isPart = prefix !== undefined && tensors.get(`${prefix}.weight`)?.dtype === 'U8';
    if (!isPart) all.set(name, tensor);
    else if (name.endsWith('.weight')) all.set(name, matrixOf(tensors, prefix, multiplies));
  }
  return all;
};

function matrixOf(tensors: CheckpointTensors, prefix: string, multiplies: boolean): CheckpointTensor {
  const weight = partOf(tensors, `${prefix}.weight`, ['U8']);
  const scale = partOf(tensors, `${prefix}.weight_scale`, SCALE_TYPES);
  const [quarter, columns] = sizesOf(weight);
  const rows = PER_BYTE * quarter;
  // The quotient is exact in no half, so it is an f32.
  const matrix = { rows, columns, type: 2, scales: 'F32', second: 'zero', group: GROUP } as const;
  const tags = [weight, scale].map(({ source }) => source.tag);
  return packedTensor(`${prefix}.weight`, 'BitNet', matrix, tags, async (_first, signal) => {
    const [value = 1] = await floatsOf(scale, signal);
    const s = multiplies ? value : 1 / value;
    let stream: RowStream | undefined;
    return {
      async fill(from, count, into) {
        // Each quarter of the rows reads all bytes once, and takes two bits of each.
        for (let i = 0; i < count; i++) {
          const row = (from + i) % quarter;
          if (stream === undefined || row === 0) {
            await stream?.close();
            stream = rowStream(weight, row, signal);
          }
          const bytes = await stream.next(1);
          const shift = 2 * Math.floor((from + i) / quarter);
          for (let k = 0; k < columns; k++) into.q[i * columns + k] = ((bytes[k] as number) >> shift) & 3;
        }
        into.s.fill(s);
        into.second.fill(1);
      },
      close: async () => stream?.close(),
    };
  });
}
