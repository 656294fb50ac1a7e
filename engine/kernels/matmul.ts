/**
 * Matrix products: kernels for one row, for a few and for many (also in packed bytes), for any weight dtype, with an
 * epilogue per op. Meaning: ops/linear, ops/qkv, ops/gated.
 */
import gemmSource from '../../wgsl/matmul/gemm.wgsl?raw';
import gemmInt8Source from '../../wgsl/matmul/gemm-int8.wgsl?raw';
import gemmLanesSource from '../../wgsl/matmul/gemm-lanes.wgsl?raw';
import gemvSource from '../../wgsl/matmul/gemv.wgsl?raw';
import { ceildiv, type Dim, mul } from '../symbolic/dim.ts';
import { bounds } from '../symbolic/relate.ts';
import { dimOf, rowsOf } from '../tensor/tensor.ts';
import {
  dimIn,
  fixed,
  type Kernel,
  type KernelInput,
  type KernelSpec,
  kernel,
  needsF16,
  numberIn,
  typeIn,
} from './kernel.ts';
import { cellHalves } from './cell-parts.ts';
import {
  chunks,
  columns,
  foldPart,
  productParts,
  weightConstants,
  weightHeader,
  weightParts,
  weightUsesF16,
} from './wgsl-parts.ts';

/** What a product does with its results, and what its kernels need besides when they take more than one dispatch. */
export interface Epilogue extends Pick<KernelSpec, 'after' | 'workspace' | 'bindings'> {
  readonly parts: (node: KernelInput) => readonly string[];
  readonly header: (node: KernelInput) => Record<string, string>;
  readonly params: (node: KernelInput) => Record<string, Dim>;
}

/** Rows of the result: the rows of x, or 1 where only one row of x is read. */
function rows(node: KernelInput): Dim {
  return node.attributes.row === undefined ? rowsOf(typeIn(node, 'x')) : 1;
}

/** Rows of the weights, or of one segment of them: the columns of the product. */
export function weightRows(node: KernelInput): number {
  return fixed(node, 'weight', dimOf(typeIn(node, 'weight'), 0));
}

function common(source: string, { parts, header: _, params, ...rest }: Epilogue) {
  return {
    ...rest,
    source,
    parts: (node: KernelInput) => [...parts(node), ...productParts(node), ...weightParts(node, 'weight')],
    usesF16: (node: KernelInput) => weightUsesF16(node, 'weight'),
    params: (node: KernelInput) => ({
      rows: rows(node),
      k: columns(node, 'x'),
      n: weightRows(node),
      n_first: node.segment?.first ?? 0,
      chunks: chunks(node, 'weight'),
      x_row: node.attributes.row === undefined ? 0 : dimIn(node, 'row'),
      eps: node.types.norm === undefined ? 0 : numberIn(node, 'eps'),
      ...params(node),
    }),
  };
}

function header(node: KernelInput, epilogue: Epilogue): Record<string, string> {
  return { Scalar: typeIn(node, 'x').dtype, ...weightHeader(node, 'weight'), ...epilogue.header(node) };
}

/** LANES threads share one or two fours of results; GROUPS of such threads make a workgroup. Both are powers of two. */
export interface Lanes {
  readonly LANES: number;
  readonly GROUPS: number;
}

/**
 * 64 threads: lanes along K times groups of 4 columns. Short rows use few lanes, so that most lanes have a chunk. Two
 * shapes only, since each needs a pipeline of its own.
 */
function lanes(node: KernelInput, most: number): Lanes {
  return most === 1 && chunks(node, 'weight') > 16 ? { LANES: 32, GROUPS: 2 } : { LANES: 8, GROUPS: 8 };
}

/**
 * Up to this many rows the kernel for few rows reads each weight once for all rows. With few lanes this takes 10 KiB of
 * workgroup memory.
 */
const FEW = 8;

/**
 * Fours of results of a thread. Two read each number of x, and its sum, once for eight weights instead of four; more would take
 * more registers than many GPUs have for a thread.
 */
const quads = (node: KernelInput, most: number) => (most === 1 && node.caps.variants?.wide === true ? 2 : 1);

/** `shape` sets how the threads of a workgroup are divided; a tile is then what it says, so threads have one four. */
export function gemv(
  name: string,
  most: 1 | typeof FEW,
  epilogue: Epilogue,
  shape?: (node: KernelInput) => Lanes,
): Kernel {
  const shared = common(gemvSource, epilogue);
  const shapeOf = shape ?? ((node: KernelInput) => lanes(node, most));
  const quadsOf = (node: KernelInput) => (shape === undefined ? quads(node, most) : 1);
  return kernel(name, {
    ...shared,
    parts: (node) => [...shared.parts(node), foldPart(node)],
    accepts: (node) => {
      if (bounds(rows(node)).max > most) return most === 1 ? 'needs 1 row' : `needs ${FEW} rows or fewer`;
      return needsF16(node, 'x');
    },
    header: (node) => ({
      ROWS: `${most}u`,
      QUADS: `${quadsOf(node)}u`,
      ...cellHalves(typeIn(node, 'weight')),
      ...header(node, epilogue),
    }),
    constants: (node) => ({ ...shapeOf(node), ...weightConstants(typeIn(node, 'weight')) }),
    workgroups: (node) => ceildiv(weightRows(node), 4 * quadsOf(node) * shapeOf(node).GROUPS),
  });
}

/** Number of tiles of 32 rows and 64 columns, the size that both shaders for many rows use. */
const tileCount = (node: KernelInput) => mul(ceildiv(rows(node), 32), ceildiv(weightRows(node), 64));

function worthATile(node: KernelInput): true | string {
  return bounds(rows(node)).min > FEW || `pays off from ${FEW + 1} rows`;
}

/** Multiplies in f16 only where activations are f16: models that keep f32 need its range. */
function mathIn(node: KernelInput): Record<string, string> {
  const halves = node.caps.variants?.f16Math === true && typeIn(node, 'x').dtype === 'f16';
  return halves ? { Math: 'f16', LARGEST: '65504.0' } : {};
}

function gemm(name: string, epilogue: Epilogue): Kernel {
  return kernel(name, {
    ...common(gemmSource, epilogue),
    accepts: (node) => (worthATile(node) === true ? needsF16(node, 'x') : worthATile(node)),
    header: (node) => ({ ...header(node, epilogue), ...mathIn(node) }),
    constants: (node) => weightConstants(typeIn(node, 'weight')),
    workgroups: tileCount,
  });
}

/** As in wgsl/matmul/gemm-lanes.wgsl. More rows or columns spill registers; fewer load x or unpack weights more often. */
const LANE_ROWS = 8;
const LANE_COLUMNS = 8;

/** One subgroup, since the threads of a workgroup share nothing: small workgroups leave few columns over. */
const laneThreads = ({ caps: { subgroupSize = 32 } }: KernelInput) => Math.min(64, Math.max(8, subgroupSize));

function gemmLanes(name: string, epilogue: Epilogue): Kernel {
  const shared = common(gemmLanesSource, epilogue);
  /** Single numbers go through f32 anyway, so weights are unpacked to it at once. */
  const plain = (node: KernelInput): KernelInput => ({ ...node, caps: { ...node.caps, f16: false } });
  return kernel(name, {
    ...shared,
    parts: (node) => [
      ...epilogue.parts(node),
      ...productParts(node, 'lanes'),
      ...weightParts(plain(node), 'weight'),
    ],
    usesF16: () => false,
    accepts: (node) => {
      if (node.caps.variants?.lanes !== true) return 'not on';
      return worthATile(node) === true ? needsF16(node, 'x') : worthATile(node);
    },
    header: (node) => ({
      ROWS: `${LANE_ROWS}u`,
      COLUMNS: `${LANE_COLUMNS}u`,
      THREADS: `${laneThreads(node)}u`,
      ...cellHalves(typeIn(node, 'weight')),
      ...header(node, epilogue),
    }),
    constants: (node) => weightConstants(typeIn(node, 'weight')),
    workgroups: (node) =>
      mul(ceildiv(rows(node), LANE_ROWS), ceildiv(weightRows(node), LANE_COLUMNS * laneThreads(node))),
  });
}

function gemmInt8(name: string, epilogue: Epilogue): Kernel {
  return kernel(name, {
    ...common(gemmInt8Source, epilogue),
    accepts: (node) => {
      if (node.caps.variants?.int8 !== true) return 'not on';
      if (typeIn(node, 'weight').dtype !== 'm0e4') return 'needs m0e4';
      return worthATile(node) === true ? needsF16(node, 'x') : worthATile(node);
    },
    header: (node) => header(node, epilogue),
    constants: (node) => weightConstants(typeIn(node, 'weight')),
    workgroups: tileCount,
  });
}

export function matmulKernels(op: string, epilogue: Epilogue): Kernel[] {
  return [
    gemv(`${op}.gemv`, 1, epilogue),
    gemv(`${op}.gemv-rows`, FEW, epilogue),
    gemmInt8(`${op}.gemm-int8`, epilogue),
    gemmLanes(`${op}.gemm-lanes`, epilogue),
    gemm(`${op}.gemm`, epilogue),
  ];
}
