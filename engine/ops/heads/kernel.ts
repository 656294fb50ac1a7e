/** Normalises, rotates and stores heads of q, k and v; one workgroup per head of a row. Also used by qkv-heads. */
import source from '../../../wgsl/heads/heads.wgsl?raw';
import gates from '../../../wgsl/heads/gates.wgsl?raw';
import gatesNone from '../../../wgsl/heads/gates-none.wgsl?raw';
import norms from '../../../wgsl/heads/norms.wgsl?raw';
import normWeights from '../../../wgsl/heads/norm-weights.wgsl?raw';
import normWeightsUniform from '../../../wgsl/heads/norm-weights-uniform.wgsl?raw';
import normWeightsQ from '../../../wgsl/heads/norm-weights-q.wgsl?raw';
import normsNone from '../../../wgsl/heads/norms-none.wgsl?raw';
import normsOfRows from '../../../wgsl/heads/norms-row.wgsl?raw';
import normsRotated from '../../../wgsl/heads/norms-rotated.wgsl?raw';
import place from '../../../wgsl/heads/place.wgsl?raw';
import putNone from '../../../wgsl/heads/put-none.wgsl?raw';
import putKv8 from '../../../wgsl/heads/put-kv8.wgsl?raw';
import putPlain from '../../../wgsl/heads/put-plain.wgsl?raw';
import kv8Pack from '../../../wgsl/lib/kv8-pack.wgsl?raw';
import { mul } from '../../symbolic/dim.ts';
import { rowsOf } from '../../tensor/tensor.ts';
import {
  dimIn,
  type Kernel,
  type KernelInput,
  kernel,
  needsF16,
  numberIn,
  type Stage,
  scalarOf,
  typeIn,
} from '../../kernels/kernel.ts';
import type { HeadNormForm } from './norm-form.ts';
import { acceptsKv8, cacheRowPart, ringParams, rotaryParams } from '../../kernels/wgsl-parts.ts';

const NORMS: Readonly<Record<HeadNormForm, string[]>> = {
  heads: [norms],
  heads_rotated: [normsRotated],
  row: [normsOfRows],
};

function normParts({ types, attributes }: KernelInput, uniform: boolean): string[] {
  if (types.q_norm === undefined) return [normsNone];
  const form = (attributes.normForm ?? 'heads') as HeadNormForm;
  const weights = uniform ? normWeightsUniform : types.k_norm === undefined ? normWeightsQ : normWeights;
  return form === 'row' ? NORMS.row : [...NORMS[form], weights];
}

/** Where keys and values go. */
function putParts(node: KernelInput): string[] {
  if (node.types.k === undefined) return [putNone];
  const bytes = typeIn(node, 'k').dtype === 'kv8';
  return [...(bytes ? [putKv8, kv8Pack] : [putPlain]), cacheRowPart(node, 'k')];
}

/** `uniform`: the norms of heads of q and k, both present, are bound as uniforms; {@link uniformNormsHeader} then. */
export const placeParts = (node: KernelInput, uniform = false) => [
  place,
  ...normParts(node, uniform),
  node.types.gate === undefined ? gatesNone : gates,
  ...putParts(node),
];

/** Header lines of {@link placeParts}. */
export const placeHeader = ({ attributes }: KernelInput): Record<string, string> =>
  attributes.vNorm === true ? { V_NORM: 'true' } : {};

export const uniformNormsHeader = (node: KernelInput) => ({
  NORM_WIDTH: `${numberIn(node, 'headWidth')}u`,
});

export const placeParams = (node: KernelInput) => ({
  heads: numberIn(node, 'heads'),
  kv_heads: numberIn(node, 'kvHeads'),
  head_width: numberIn(node, 'headWidth'),
  gates: gateCount(node),
  ...rotaryParams(node),
  position: dimIn(node, 'position'),
  k_row: node.rows.k ?? 0,
  v_row: node.rows.v ?? 0,
  ...ringParams(node, 'k', node.rows.k ?? 0),
  head_eps: numberIn(node, 'headEps', 0),
});

const headCount = (node: KernelInput) => numberIn(node, 'heads') + 2 * numberIn(node, 'kvHeads');

const gateCount = (node: KernelInput) => numberIn(node, 'gates', 0);

/** Columns of a row: the heads of q, k and v, and the gates. */
export const rowColumns = (node: KernelInput) =>
  headCount(node) * numberIn(node, 'headWidth') + gateCount(node);

/** Workgroups of a row. */
const workgroupsOfRow = (node: KernelInput) => Math.ceil(rowColumns(node) / numberIn(node, 'headWidth'));

export const headsStage: Stage = {
  source,
  parts: (node) => placeParts(node),
  header: (node) => ({ ...scalarOf(typeIn(node, 'x')), ...placeHeader(node) }),
  params: (node) => ({ rows: rowsOf(typeIn(node, 'x')), ...placeParams(node) }),
  workgroups: (node) => mul(rowsOf(typeIn(node, 'x')), workgroupsOfRow(node)),
};

export const headsKernels: readonly Kernel[] = [
  kernel('heads.workgroup', {
    ...headsStage,
    accepts: (node) => (node.types.k === undefined ? needsF16(node, 'x') : acceptsKv8(node, 'k')),
  }),
];
