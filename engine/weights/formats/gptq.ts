/**
 * 4-bit GPTQ and AWQ checkpoints: safetensors in which a matrix `X.weight` is three tensors, columns first.
 *
 *            GPTQ (AutoGPTQ, GPTQModel)               AWQ (AutoAWQ, "gemm")
 *   X.qweight  I32[K/8, N], 8 neighbours in K           I32[K, N/8], 8 neighbours in N, permuted ({@link AWQ_ORDER})
 *   X.qzeros   I32[K/Q, N/8], less 1 unless gptq_v2     I32[K/Q, N/8], permuted likewise
 *   X.scales   F16[K/Q, N]                              F16[K/Q, N]
 *   X.g_idx    I32[K], the group of each row            –
 *
 * The store takes the nibbles unchanged, in another order. Source: `qlinear_cuda_old.py` of AutoGPTQ,
 * `packing_utils.py` of AutoAWQ.
 */
import { fail } from '../../base/errors.ts';
import { f32ArrayFromBf16, f32ArrayFromF16 } from '../../tensor/f16.ts';
import type { CheckpointTensor } from './checkpoint-tensor.ts';
import { type FillRows, type FourBitShape, fourBitTensor, toM0e4Word } from './four-bit-rows.ts';
import { isObject } from '../sources/json.ts';
import { collect } from '../sources/byte-source.ts';

/** A matrix is transposed in memory, so its size is limited; those of a 14B model take 35 MB. */
const MAX_MATRIX_BYTES = 128 * 1024 * 1024;

/** AWQ: which of eight columns has its nibble in bits 4i. */
export const AWQ_ORDER = [0, 2, 4, 6, 1, 3, 5, 7] as const;
/** The inverse of {@link AWQ_ORDER}. */
const AWQ_PLACE = [0, 4, 1, 5, 2, 6, 3, 7] as const;

type CheckpointTensors = ReadonlyMap<string, CheckpointTensor>;

interface Method {
  readonly kind: 'gptq' | 'awq';
  /** Weights per group along a row; 0: one group per row. */
  readonly group: number;
  /** Added to the stored zeros. */
  readonly plus: number;
}

/** Parses `quantization_config`; undefined without one. Throws `model-unknown` for methods that cannot be read here. */
export function quantisationOf(config: Readonly<Record<string, unknown>>): Method | undefined {
  const section = config.quantization_config;
  if (section == null) return undefined;
  const facts = isObject(section) ? section : {};
  const refuse = (key: string, expected: string): never =>
    fail('model-unknown', {
      who: 'config.json',
      where: `quantization_config${key === '' ? '' : `.${key}`}`,
      message: 'this value is not supported',
      expected,
      got: JSON.stringify(key === '' ? section : (facts[key] ?? null)),
    });
  const { quant_method: kind, bits, group_size: size } = facts;
  if (kind !== 'gptq' && kind !== 'awq') {
    return refuse(isObject(section) ? 'quant_method' : '', 'gptq or awq, or weights in f32, f16 or bf16');
  }
  if (bits !== 4) refuse('bits', '4');
  if (facts.desc_act === true) refuse('desc_act', 'false');
  if (kind === 'awq' && String(facts.version ?? 'gemm').toLowerCase() !== 'gemm') refuse('version', 'gemm');
  const group = size === -1 ? 0 : Number(size ?? 128);
  if (!Number.isInteger(group) || group < 0) refuse('group_size', 'a whole number, or -1');
  const plus = kind === 'gptq' && facts.checkpoint_format !== 'gptq_v2' ? 1 : 0;
  return { kind, group, plus };
}

/**
 * Replaces the parts of each quantised matrix by one tensor, in the position of its `qweight`. Throws
 * `checkpoint-damaged` for parts that do not fit together.
 */
export function withQuantised(tensors: CheckpointTensors, method: Method): Map<string, CheckpointTensor> {
  const all = new Map<string, CheckpointTensor>();
  for (const [name, tensor] of tensors) {
    const prefix = /^(.*)\.(?:qweight|qzeros|scales|g_idx)$/.exec(name)?.[1];
    if (prefix === undefined || !tensors.has(`${prefix}.qweight`)) all.set(name, tensor);
    else if (name.endsWith('.qweight')) all.set(`${prefix}.weight`, matrixOf(tensors, prefix, method));
  }
  return all;
}

function matrixOf(tensors: CheckpointTensors, prefix: string, method: Method): CheckpointTensor {
  const part = (name: string, dtypes: readonly string[], shape?: readonly number[]): CheckpointTensor => {
    const tensor = tensors.get(`${prefix}.${name}`);
    const fits = tensor !== undefined && dtypes.includes(tensor.dtype) && tensor.shape.length === 2;
    if (fits && (shape === undefined || String(tensor.shape) === String(shape))) return tensor;
    return fail('checkpoint-damaged', {
      who: tensor?.source.name ?? prefix,
      where: `tensor ${prefix}.${name}`,
      message: 'a part of a quantised matrix does not match the others',
      expected: `${dtypes.join(' or ')} [${shape?.join(', ') ?? 'two axes'}]`,
      got: tensor === undefined ? 'nothing' : `${tensor.dtype} [${tensor.shape.join(', ')}]`,
    });
  };
  const qweight = part('qweight', ['I32']);
  const [a, b] = qweight.shape as [number, number];
  const [columns, rows] = method.kind === 'gptq' ? [a * 8, b] : [a, b * 8];
  const group = method.group === 0 ? columns : method.group;
  if (columns % group !== 0 || rows % 8 !== 0 || qweight.bytes > MAX_MATRIX_BYTES) {
    fail('checkpoint-damaged', {
      who: qweight.source.name,
      where: `tensor ${prefix}.qweight`,
      message: 'the matrix does not divide into groups, or is too large',
      expected: `rows a multiple of 8, columns a multiple of ${group}, at most ${MAX_MATRIX_BYTES} bytes`,
      got: `${rows} × ${columns}, ${qweight.bytes} bytes`,
    });
  }
  const groups = columns / group;
  const qzeros = part('qzeros', ['I32'], [groups, rows / 8]);
  const scales = part('scales', ['F16', 'BF16', 'F32'], [groups, rows]);
  const shape = { rows, columns, group };
  const format = method.kind.toUpperCase();
  return fourBitTensor(`${prefix}.weight`, format, shape, async (signal) => {
    const order = tensors.get(`${prefix}.g_idx`);
    if (order !== undefined) requireInOrder(new Int32Array(await bytesOf(order, signal)), order, group);
    const words = new Uint32Array(await bytesOf(qweight, signal));
    const zeros = new Uint32Array(await bytesOf(qzeros, signal));
    const numbers = floats(scales.dtype, await bytesOf(scales, signal));
    return fillRows({ words, zeros, numbers }, shape, method);
  });
}

interface QuantisedParts {
  readonly words: Uint32Array;
  readonly zeros: Uint32Array;
  readonly numbers: Float32Array;
}

function fillRows({ words, zeros, numbers }: QuantisedParts, shape: FourBitShape, method: Method): FillRows {
  const { rows, columns, group } = shape;
  const groups = columns / group;
  return async (first, count, into) => {
    for (let i = 0; i < count; i++) {
      const n = first + i;
      const place = 4 * (method.kind === 'gptq' ? n & 7 : (AWQ_PLACE[n & 7] as number));
      for (let j = 0; j < columns / 8; j++) {
        into.words[(i * columns) / 8 + j] =
          method.kind === 'gptq'
            ? toM0e4Word(words[j * rows + n] as number)
            : fromColumn(words, j, rows / 8, n >> 3, place);
      }
      for (let g = 0; g < groups; g++) {
        const zero = ((zeros[(g * rows) / 8 + (n >> 3)] as number) >>> place) & 15;
        into.pairs[(i * groups + g) * 2] = numbers[g * rows + n] as number;
        into.pairs[(i * groups + g) * 2 + 1] = zero + method.plus;
      }
    }
  };
}

/** Collects eight neighbours in K, each from a different word, in M0E4's order. */
function fromColumn(words: Uint32Array, j: number, stride: number, column: number, place: number): number {
  let word = 0;
  for (let e = 0; e < 8; e++) {
    const q = ((words[(8 * j + e) * stride + column] as number) >>> place) & 15;
    word |= q << (((e & 1) << 4) + ((e & 6) << 1));
  }
  return word >>> 0;
}

/** With `desc_act` the rows of a group are not adjacent, which the store cannot represent. Throws `model-unknown`. */
function requireInOrder(groupOf: Int32Array, { name, source }: CheckpointTensor, group: number): void {
  const odd = groupOf.findIndex((g, k) => g !== Math.floor(k / group));
  if (odd < 0) return;
  fail('model-unknown', {
    who: source.name,
    where: `tensor ${name}[${odd}]`,
    message: 'the groups of this model are in another order (desc_act)',
    expected: String(Math.floor(odd / group)),
    got: groupOf[odd] as number,
  });
}

/** Copies the bytes, so that they are aligned and can be read as words. */
async function bytesOf(tensor: CheckpointTensor, signal?: AbortSignal): Promise<ArrayBuffer> {
  const { source, offset, bytes } = tensor;
  const read = await collect(source.name, source.stream(offset, bytes, signal), bytes);
  return read.slice().buffer;
}

function floats(dtype: string, bytes: ArrayBuffer): Float32Array {
  if (dtype === 'F32') return new Float32Array(bytes);
  const halves = new Uint16Array(bytes);
  return dtype === 'BF16' ? f32ArrayFromBf16(halves) : f32ArrayFromF16(halves);
}
