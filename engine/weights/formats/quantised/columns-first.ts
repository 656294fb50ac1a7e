/**
 * GPTQ, AWQ and auto-round: a matrix `X.weight` [N, K] is three or four tensors, columns first, of `b` bits a number.
 *
 *              GPTQ, auto-round                             AWQ ("gemm", 4 bits)
 *   X.qweight    I32[K·b/32, N], a stream of bits along K     I32[K, N/8], 8 neighbours in N, permuted ({@link AWQ_ORDER})
 *   X.qzeros     I32[G, N·b/32], a stream of bits along N     I32[G, N/8], permuted likewise
 *   X.scales     F16[G, N]                                    F16[G, N]
 *   X.g_idx      I32[K], the group of each column             –
 *
 * w = scale·(q − zero). GPTQ stores zeros less 1 but for `gptq_v2`; so does auto-round where its `packing_format` is
 * `auto_gptq`. With `desc_act` the columns of a group are not neighbours. Bits and groups are those of the tensors' shapes,
 * since modules may differ. Sources: `qlinear_cuda_old.py` of AutoGPTQ, `packing_utils.py` of AutoAWQ,
 * `auto_round_extension/torch/qlinear_torch*.py` of auto-round.
 */
import { fail } from '../../../base/errors.ts';
import { isCellBits } from '../../../tensor/cells.ts';
import type { CheckpointTensor } from '../checkpoint-tensor.ts';
import { type PackedBlock, type PackedMatrix, packedTensor } from './packed-matrix.ts';
import {
  bytesOf,
  type CheckpointTensors,
  floatsOf,
  partOf,
  type ReadQuantised,
  SCALE_TYPES,
  type ScaleType,
  sizesOf,
  unfit,
  unpack,
} from './parts.ts';
import { unreadable } from './unreadable.ts';

/** A matrix is transposed in memory, so its size is limited; that of a head of 152,000 tokens and width 2048 takes 156 MB. */
const MAX_MATRIX_BYTES = 256 * 1024 * 1024;

/** AWQ: which of eight columns has its nibble in bits 4i. */
export const AWQ_ORDER = [0, 2, 4, 6, 1, 3, 5, 7] as const;
/** The inverse of {@link AWQ_ORDER}. */
const AWQ_PLACE = [0, 4, 1, 5, 2, 6, 3, 7] as const;

interface Packing {
  readonly format: string;
  readonly awq: boolean;
  /** Added to the stored zeros. */
  readonly plus: 0 | 1;
  /** Of the config; 0: one group a row. */
  readonly group: number;
  /** Columns of a group may be anywhere in a row. */
  readonly unordered: boolean;
}

export const readGptq: ReadQuantised = (tensors, facts) => {
  const format = String(facts.checkpoint_format ?? 'gptq').toLowerCase();
  if (format !== 'gptq' && format !== 'gptq_v2')
    unreadable(`GPTQ in the packing of ${format}`, 'checkpoint_format');
  const unordered = facts.desc_act === true && facts.static_groups !== true;
  return matrices(tensors, {
    format: 'GPTQ',
    awq: false,
    plus: format === 'gptq' ? 1 : 0,
    ...shared(facts),
    unordered,
  });
};

export const readAwq: ReadQuantised = (tensors, facts) => {
  const version = String(facts.version ?? facts.format ?? 'gemm').toLowerCase();
  if (!['gemm', 'exllama', 'ipex'].includes(version)) unreadable(`AWQ of version ${version}`, 'version');
  return matrices(tensors, { format: 'AWQ', awq: true, plus: 0, ...shared(facts), unordered: false });
};

export const readAutoRound: ReadQuantised = (tensors, facts) => {
  const packing = String(facts.packing_format ?? facts.backend ?? 'auto_gptq').toLowerCase();
  const type = String(facts.data_type ?? 'int');
  if (!/^int/.test(type) || /fp8|fp4|nvfp|mxfp|mx_fp|nv_fp/.test(packing))
    unreadable(`auto-round in ${type}`, 'data_type');
  if (Number(facts.act_bits ?? 16) < 16) unreadable('auto-round with activations in few bits', 'act_bits');
  const awq = packing.includes('awq');
  const plus = !awq && packing.includes('gptq') && !packing.includes('gptqmodel') ? 1 : 0;
  return matrices(tensors, { format: 'auto-round', awq, plus, ...shared(facts), unordered: false });
};

function shared({ group_size: size }: Readonly<Record<string, unknown>>): Pick<Packing, 'group'> {
  const group = size === -1 ? 0 : Number(size ?? 128);
  if (Number.isInteger(group) && group >= 0) return { group };
  return fail('model-unknown', {
    who: 'config.json',
    where: 'quantization_config.group_size',
    message: 'this value is not supported',
    expected: 'a whole number, or -1',
    got: String(size),
  });
}

const PARTS = /^(.*)\.(?:qweight|qzeros|scales|g_idx)$/;

function matrices(tensors: CheckpointTensors, packing: Packing): Map<string, CheckpointTensor> {
  const all = new Map<string, CheckpointTensor>();
  for (const [name, tensor] of tensors) {
    const prefix = PARTS.exec(name)?.[1];
    if (prefix === undefined || !tensors.has(`${prefix}.qweight`)) all.set(name, tensor);
    else if (name.endsWith('.qweight')) all.set(`${prefix}.weight`, matrixOf(tensors, prefix, packing));
  }
  return all;
}

function matrixOf(tensors: CheckpointTensors, prefix: string, packing: Packing): CheckpointTensor {
  const { awq, format } = packing;
  const qweight = partOf(tensors, `${prefix}.qweight`, ['I32']);
  const scales = partOf(tensors, `${prefix}.scales`, SCALE_TYPES);
  const qzeros = partOf(tensors, `${prefix}.qzeros`, ['I32']);
  const [a, b] = sizesOf(qweight);
  const [groups, rows] = sizesOf(scales);
  const bits = (32 * sizesOf(qzeros)[1]) / rows;
  if (!isCellBits(bits) || (awq && bits !== 4))
    unfit(qzeros, `zeros of ${awq ? 4 : '2 to 8'} bits for ${rows} rows`);
  const columns = awq ? a : (a * 32) / bits;
  const wanted = awq ? [columns, (rows * bits) / 32] : [(columns * bits) / 32, rows];
  if (!Number.isInteger(columns) || String([a, b]) !== String(wanted))
    unfit(qweight, `${bits} bits, ${rows} rows`);
  partOf(tensors, `${prefix}.qzeros`, ['I32'], [groups, (rows * bits) / 32]);
  const order = tensors.get(`${prefix}.g_idx`);
  const group = groupOf(packing.group, columns, groups) ?? unfit(scales, `groups of ${columns} columns`);
  if (qweight.bytes > MAX_MATRIX_BYTES) {
    fail('model-limit', {
      who: qweight.source.name,
      where: `tensor ${qweight.name}`,
      message: 'a matrix is larger than can be transposed in memory',
      expected: `at most ${MAX_MATRIX_BYTES} bytes`,
      got: qweight.bytes,
    });
  }
  const matrix: PackedMatrix = {
    ...{ rows, columns, type: bits, scales: scales.dtype as ScaleType, second: 'zero', group },
    unordered: packing.unordered && order !== undefined && groups > 1,
  };
  const tags = [qweight, scales, qzeros].map(({ source }) => source.tag);
  return packedTensor(`${prefix}.weight`, format, matrix, tags, async (_, signal) => {
    const index = order === undefined ? undefined : new Int32Array(await bytesOf(order, signal));
    if (order !== undefined && index !== undefined) requireGroups(index, order, matrix, groups);
    const words = new Uint32Array(await bytesOf(qweight, signal));
    const zeros = new Uint32Array(await bytesOf(qzeros, signal));
    const numbers = await floatsOf(scales, signal);
    const zeroRows = new Uint8Array(groups * rows);
    const width = (rows * bits) / 32;
    for (let g = 0; g < groups; g++) unpack(zeros, g * width, bits, rows, zeroRows, g * rows);
    const column = new Uint32Array((columns * bits) / 32);
    const fill = (first: number, count: number, into: PackedBlock) => {
      for (let i = 0; i < count; i++) {
        const n = first + i;
        const place = (n & ~7) | (awq ? (AWQ_PLACE[n & 7] as number) : n & 7);
        if (awq) {
          const [word, shift] = [n >> 3, 4 * (place & 7)];
          for (let k = 0; k < columns; k++) {
            into.q[i * columns + k] = ((words[k * width + word] as number) >>> shift) & 15;
          }
        } else {
          for (let j = 0; j < column.length; j++) column[j] = words[j * rows + n] as number;
          unpack(column, 0, bits, columns, into.q, i * columns);
        }
        for (let g = 0; g < groups; g++) {
          into.s[i * groups + g] = numbers[g * rows + n] as number;
          into.second[i * groups + g] = (zeroRows[g * rows + place] as number) + packing.plus;
        }
      }
    };
    return { fill, ...(index === undefined ? {} : { order: index }) };
  });
}

/** Columns of a group: those of the config if they make this number of groups, else an even share. */
function groupOf(asked: number, columns: number, groups: number): number | undefined {
  if (asked > 0 && Math.ceil(columns / asked) === groups) return Math.min(asked, columns);
  return columns % groups === 0 ? columns / groups : undefined;
}

/** Throws `model-unknown` for columns in another order than the config says, `checkpoint-damaged` for other groups. */
function requireGroups(
  index: Int32Array,
  part: CheckpointTensor,
  matrix: PackedMatrix,
  groups: number,
): void {
  const { columns, group, unordered } = matrix;
  if (index.length !== columns || index.some((g) => g < 0 || g >= groups))
    unfit(part, `${columns} of ${groups} groups`);
  const odd = index.findIndex((g, k) => g !== Math.floor(k / group));
  if (odd < 0 || unordered === true) return;
  fail('model-unknown', {
    who: part.source.name,
    where: `tensor ${part.name}[${odd}]`,
    message:
      'the groups of this model are in another order, of which its config.json (desc_act) says nothing',
    expected: String(Math.floor(odd / group)),
    got: index[odd] as number,
  });
}
