/**
 * Tests whether a kernel variant is correct and worthwhile on this GPU for activations of one scalar type: runs the same
 * node with random numbers without and with the variant, compares the results, then times both. Drivers sometimes get
 * subgroups, f16 and packed dot products wrong, so only this test enables them.
 *
 * Not here: where results are stored (`variants.ts`), what the variants are (`KernelVariants` in kernels/kernel.ts).
 */
import { type Gpu, lossBehind } from '../../gpu/index.ts';
import { OPS } from '../../ops/index.ts';
import type { KernelVariants, KernelInput } from '../../kernels/kernel.ts';
import { selectKernel } from '../../ops/select-kernel.ts';
import type { Attributes } from '../../tensor/signature.ts';
import { f16Array, f32ArrayFromF16 } from '../../tensor/f16.ts';
import { seededRandom } from '../../tensor/random.ts';
import { type ActivationDType, elements, type TensorType } from '../../tensor/tensor.ts';
import { rowBytes } from '../memory/segments.ts';
import { capsOf } from '../program/select-kernels.ts';
import { openSingleNode, type SingleNode, type NodeBytes } from './run-single-node.ts';

export type VariantName = keyof KernelVariants;

/** The test result of one variant with activations of one type, as plain data. */
export interface VariantResult {
  readonly variant: VariantName;
  readonly scalar: ActivationDType;
  /** `on`: correct and not slower. Every other state is off. */
  readonly state: 'on' | 'absent' | 'wrong' | 'slower';
  /** Relative root mean square error against the plain kernel, the largest over all nodes, and the allowed maximum. */
  readonly error?: number;
  readonly allowed?: number;
  /** Microseconds of the last node, with the variants that are on already, and with this one too. */
  readonly plainUs?: number;
  readonly variantUs?: number;
  /** The GPU's error message where it refused. */
  readonly refusal?: string;
}

interface Probe {
  readonly has: (gpu: Gpu) => boolean;
  /** Only for activations of this type. */
  readonly only?: ActivationDType;
  /**
   * With activations in f32. f32 in another order: ulps. Bytes: half a step of 1/127 of the largest of 32. Halves: 11 bits,
   * four sums.
   */
  readonly allowed: number;
  /** False where the last node cannot show what the form saves: then it is on if it is correct. */
  readonly timed?: boolean;
  readonly nodes: (scalar: ActivationDType) => readonly KernelInput[];
}

/** Least that may be off with activations in f16, unless nothing may: each result by one step of a half, 2^-10 of it. */
const HALF_STEP = 2 ** -10;

/**
 * In the order of the tests: each variant is timed against what the GPU uses by then. The last node of each is timed.
 * Sizes: short and long rows, tails of tiles and groups.
 */
const PROBES: Readonly<Record<VariantName, Probe>> = {
  subgroups: {
    has: (gpu) => gpu.subgroups,
    allowed: 1e-5,
    nodes: (scalar) => [
      norm(scalar, 3, 300),
      product(scalar, 5, 160, 40),
      product(scalar, 1, 172, 37),
      product(scalar, 1, 1056, 256),
    ],
  },
  wide: {
    has: () => true,
    allowed: 1e-5,
    nodes: (scalar) => [
      product(scalar, 1, 172, 37),
      product(scalar, 1, 1056, 260),
      product(scalar, 1, 1024, 3072),
    ],
  },
  f16Math: {
    has: (gpu) => gpu.f16,
    only: 'f16',
    allowed: 3e-3,
    nodes: (scalar) => [product(scalar, 35, 172, 70), product(scalar, 64, 512, 256)],
  },
  lanes: {
    has: (gpu) => gpu.subgroupSizes[0] >= 8,
    allowed: 1e-5,
    nodes: (scalar) => [product(scalar, 35, 172, 70), product(scalar, 128, 512, 512)],
  },
  laneAttention: {
    has: (gpu) => gpu.subgroupSizes[0] >= 8,
    allowed: 1e-5,
    nodes: (scalar) => [attention(scalar, 35, 9, 80), attention(scalar, 64, 192, 64)],
  },
  int8: {
    has: (gpu) => gpu.packedDot,
    allowed: 1e-2,
    nodes: (scalar) => [product(scalar, 35, 172, 70), product(scalar, 128, 512, 512)],
  },
  immediates: {
    has: (gpu) => gpu.immediates,
    allowed: 0,
    timed: false,
    nodes: (scalar) => [norm(scalar, 3, 300), product(scalar, 5, 160, 40)],
  },
};

/** The variants that kernels with activations of this type may use, in the order of their tests. */
export function variantsFor(scalar: ActivationDType): VariantName[] {
  const names = Object.keys(PROBES) as VariantName[];
  return names.filter((name) => (PROBES[name].only ?? scalar) === scalar);
}

/** `on`: the variants that this one competes with. Never throws for a failing variant; a lost device throws `gpu-lost`. */
export async function testVariant(
  gpu: Gpu,
  variant: VariantName,
  scalar: ActivationDType,
  on: KernelVariants = {},
): Promise<VariantResult> {
  const probe = PROBES[variant];
  const { has, timed = true } = probe;
  const tested = { variant, scalar };
  if (!has(gpu)) return { ...tested, state: 'absent' };
  const nodes = probe.nodes(scalar);
  const least = scalar === 'f16' && probe.allowed > 0 ? HALF_STEP : 0;
  const allowed = Math.max(probe.allowed, least);
  let error = 0;
  let times = { plainUs: 0, variantUs: 0 };
  try {
    for (const [i, node] of nodes.entries()) {
      const result = await compareVariant(
        gpu,
        node,
        on,
        { ...on, [variant]: true },
        timed && i === nodes.length - 1,
      );
      error = Math.max(error, result.error);
      if (!(error <= allowed)) return { ...tested, state: 'wrong', error, allowed };
      times = result;
    }
  } catch (cause) {
    const loss = await lossBehind(gpu);
    if (loss !== undefined) throw loss;
    return { ...tested, state: 'wrong', refusal: cause instanceof Error ? cause.message : String(cause) };
  }
  if (!timed) return { ...tested, state: 'on', error, allowed };
  const { plainUs, variantUs } = times;
  return { ...tested, state: variantUs <= plainUs ? 'on' : 'slower', error, allowed, plainUs, variantUs };
}

/** The error of `variants` against the plain kernel; timed, also the microseconds of `on` and `variants`. */
async function compareVariant(
  gpu: Gpu,
  node: KernelInput,
  on: KernelVariants,
  variants: KernelVariants,
  timed: boolean,
) {
  const bytes = randomBytes(node);
  const runs: SingleNode[] = [];
  const open = async (chosen: KernelVariants): Promise<SingleNode> => {
    const input = { ...node, caps: { ...capsOf(gpu), variants: chosen } };
    const single = await openSingleNode(gpu, selectKernel(input).kernel, input, bytes);
    runs.push(single);
    await single.run();
    return single;
  };
  const output = async (single: SingleNode) =>
    numbersOf(node.types.out as TensorType, await single.read('out'));
  try {
    const [plain, other] = [await open({}), await open(variants)];
    const error = distance(await output(plain), await output(other));
    const before = timed && Object.keys(on).length > 0 ? await open(on) : plain;
    const [plainUs, variantUs] = timed ? await race(before, other) : [0, 0];
    return { error, plainUs, variantUs };
  } finally {
    for (const single of runs) single.destroy();
  }
}

const ROUNDS = 3;
/** Repetitions in one submit: enough for the GPU's work to outweigh the submit. */
const REPEATS = 20;
/** A single run longer than this is not repeated: it is long enough to measure, and long enough to disturb. */
const LONG_MS = 10;

/** Microseconds of one run of each: the best of a few rounds, alternating so that clock speeds settle for both. */
async function race(plain: SingleNode, other: SingleNode): Promise<[number, number]> {
  const first = await milliseconds(plain, 1);
  const repeats = first > LONG_MS ? 1 : REPEATS;
  const best: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, single] of [plain, other].entries()) {
      const us = Math.round((1000 * (await milliseconds(single, repeats))) / repeats);
      best[i as 0 | 1] = Math.min(best[i as 0 | 1], us);
    }
  }
  return best;
}

async function milliseconds(single: SingleNode, repeats: number): Promise<number> {
  const start = performance.now();
  await single.run(repeats);
  return performance.now() - start;
}

/** √(Σ (a − b)² / Σ a²); NaN counts as infinite. */
function distance(a: Float32Array, b: Float32Array): number {
  let off = 0;
  let all = 0;
  a.forEach((x, i) => {
    off += (x - (b[i] as number)) ** 2;
    all += x * x;
  });
  const error = Math.sqrt(off / all);
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}

function product(dtype: ActivationDType, rows: number, k: number, n: number): KernelInput {
  return node('linear', {
    x: { dtype, shape: [rows, k] },
    weight: { dtype: 'm0e4', shape: [n, k], group: 32 },
    norm: { dtype: 'f32', shape: [k] },
  });
}

function norm(dtype: ActivationDType, rows: number, k: number): KernelInput {
  return node('rmsnorm', {
    x: { dtype, shape: [rows, k] },
    weight: { dtype: 'f32', shape: [k] },
  });
}

/** Two query heads for each of two key/value heads of `width` numbers. */
function attention(dtype: ActivationDType, rows: number, position: number, width: number): KernelInput {
  const cache: TensorType = { dtype, shape: [position + rows, 2 * width] };
  const inputs: Record<string, TensorType> = {
    q: { dtype, shape: [rows, 4 * width] },
    k: cache,
    v: cache,
  };
  return node('attention', inputs, { headWidth: width, scale: width ** -0.5, position });
}

function node(
  op: string,
  inputs: Readonly<Record<string, TensorType>>,
  attributes: Attributes = { eps: 1e-5 },
): KernelInput {
  const types = { ...inputs, ...OPS[op]?.infer(inputs, attributes) };
  return { op, name: 'self-test', types, attributes, rows: {}, caps: { f16: false } };
}

/** s = 0.125, b = −0.1875: weights in ±0.0625. */
const SCALE = 0xb2003000;

function randomBytes({ types }: KernelInput): NodeBytes {
  const random = seededRandom(1);
  const bytes: Record<string, ArrayBufferView<ArrayBuffer>> = {};
  for (const [name, type] of Object.entries(types)) {
    if (type.dtype === 'm0e4') {
      const rows = type.shape[0] as number;
      const [nibbles, scales] = rowBytes(type).map(([, size]) => (rows * size) / 4) as [number, number];
      bytes[`${name} data`] = Uint32Array.from({ length: nibbles }, () => random() * 2 ** 32);
      bytes[`${name} scales`] = new Uint32Array(scales).fill(SCALE);
    } else {
      const count = Math.ceil((elements(type) as number) / 2) * 2; // whole words of two f16
      const numbers = Float32Array.from({ length: count }, () => 2 * random() - 1);
      bytes[`${name} data`] = type.dtype === 'f16' ? Uint16Array.from(f16Array(numbers)) : numbers;
    }
  }
  return bytes;
}

function numbersOf(type: TensorType, bytes: ArrayBuffer): Float32Array {
  const all = type.dtype === 'f16' ? f32ArrayFromF16(new Uint16Array(bytes)) : new Float32Array(bytes);
  return all.subarray(0, elements(type) as number);
}
