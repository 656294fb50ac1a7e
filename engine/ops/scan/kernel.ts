/** A scan row by row for a few rows, and in chunks of rows for many. */
import chunks from '../../../wgsl/scan/chunks.wgsl?raw';
import finish from '../../../wgsl/scan/finish.wgsl?raw';
import finishDelta from '../../../wgsl/scan/finish-delta.wgsl?raw';
import finishSsm from '../../../wgsl/scan/finish-ssm.wgsl?raw';
import gates from '../../../wgsl/scan/gates.wgsl?raw';
import pieces from '../../../wgsl/scan/pieces.wgsl?raw';
import prepare from '../../../wgsl/scan/prepare.wgsl?raw';
import results from '../../../wgsl/scan/results.wgsl?raw';
import ruleDelta from '../../../wgsl/scan/rule-delta.wgsl?raw';
import ruleSsm from '../../../wgsl/scan/rule-ssm.wgsl?raw';
import shared from '../../../wgsl/scan/shared.wgsl?raw';
import step from '../../../wgsl/scan/step.wgsl?raw';
import strengthDelta from '../../../wgsl/scan/strength-delta.wgsl?raw';
import strengthSsm from '../../../wgsl/scan/strength-ssm.wgsl?raw';
import silu from '../../../wgsl/lib/silu.wgsl?raw';
import { add, ceildiv, mul } from '../../symbolic/dim.ts';
import { bounds } from '../../symbolic/relate.ts';
import { rowsOf } from '../../tensor/tensor.ts';
import {
  dimIn,
  type Kernel,
  type KernelInput,
  kernel,
  needsF16,
  numberIn,
  scalarOf,
  type Stage,
  typeIn,
} from '../../kernels/kernel.ts';
import { columns } from '../../kernels/wgsl-parts.ts';
import { scanLayout } from './layout.ts';

/** As in wgsl/scan: rows of a chunk, columns of a workgroup, the numbers that stages pass on for a head of a chunk. */
const CHUNK = 32;
const COLUMNS = 32;
const PIECE = 2 * CHUNK * CHUNK + 4 * CHUNK;
/** Threads of wgsl/scan/step.wgsl, which bound the widths of heads. */
const WIDEST = 256;
/** Up to this many rows go one after the other. */
const FEW = 8;
/** The greatest f32. */
const MOST = 3.4028234663852886e38;

const isDelta = (node: KernelInput) => node.attributes.rule === 'delta';
const heads = (node: KernelInput) => numberIn(node, 'heads');
const headWidth = (node: KernelInput) => numberIn(node, 'headWidth');
const rows = (node: KernelInput) => rowsOf(typeIn(node, 'x'));

const rule = (node: KernelInput) => (isDelta(node) ? ruleDelta : ruleSsm);
const strength = (node: KernelInput) => [gates, silu, isDelta(node) ? strengthDelta : strengthSsm];
const ending = (node: KernelInput) => [results, isDelta(node) ? finishDelta : finishSsm];

const params = (node: KernelInput) => {
  const { q, k, v } = scanLayout(node.attributes);
  return {
    rows: rows(node),
    position: dimIn(node, 'position'),
    read: dimIn(node, 'read'),
    write: node.rows.state ?? 0,
    heads: heads(node),
    groups: numberIn(node, 'groups'),
    key_width: numberIn(node, 'keyWidth'),
    head_width: headWidth(node),
    x_cols: columns(node, 'x'),
    q_at: q,
    k_at: k,
    v_at: v,
    z_cols: columns(node, 'z'),
    z_at: numberIn(node, 'zAt', 0),
    a_cols: columns(node, 'a'),
    a_at: numberIn(node, 'aAt', 0),
    b_cols: isDelta(node) ? columns(node, 'b') : 0,
    b_at: numberIn(node, 'bAt', 0),
    tiled: node.attributes.tiled === true ? 1 : 0,
    eps: numberIn(node, 'eps', 0),
    least: numberIn(node, 'least', 0),
    most: Math.min(numberIn(node, 'most', MOST), MOST),
    z_scale: numberIn(node, 'zScale', 1),
    a_scale: numberIn(node, 'aScale', 1),
    scale: numberIn(node, 'scale', 1),
  };
};

const stage = (
  source: string,
  parts: (node: KernelInput) => readonly string[],
  workgroups: Stage['workgroups'],
): Stage => ({
  source,
  parts: (node) => [shared, rule(node), ...parts(node)],
  header: (node) => scalarOf(typeIn(node, 'x')),
  params,
  workgroups,
});

const accepts = (node: KernelInput) =>
  Math.max(numberIn(node, 'keyWidth'), headWidth(node)) > WIDEST
    ? `needs heads of at most ${WIDEST}`
    : needsF16(node, 'x');

const pieceCount = (node: KernelInput) => mul(ceildiv(rows(node), CHUNK), heads(node));

export const scanKernels: readonly Kernel[] = [
  kernel('scan.step', {
    ...stage(step, (node) => [...ending(node), ...strength(node)], heads),
    accepts: (node) => (bounds(rows(node)).max > FEW ? `needs ${FEW} rows or fewer` : accepts(node)),
  }),
  kernel('scan.chunks', {
    ...stage(prepare, (node) => [pieces, ...strength(node)], pieceCount),
    accepts,
    after: [
      stage(
        chunks,
        () => [pieces],
        (node) => heads(node) * Math.ceil(headWidth(node) / COLUMNS),
      ),
      stage(
        finish,
        (node) => [pieces, silu, ...ending(node)],
        (node) => mul(rows(node), heads(node)),
      ),
    ],
    workspace: (node) =>
      add(mul(rows(node), heads(node), headWidth(node) * 4), mul(pieceCount(node), PIECE * 4)),
  }),
];
