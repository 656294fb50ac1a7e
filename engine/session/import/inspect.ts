/**
 * Describes a model as text: sizes, the effect of each pass, the optimised graph, and the memory plan with symbolic
 * sizes. Needs neither GPU nor weights; the runtime describes the kernels.
 */
import { planMemory, printPlan } from '../../graph/plan.ts';
import { PASSES, runPasses } from '../../graph/passes/index.ts';
import { printGraph } from '../../graph/print.ts';
import { ringsOf } from '../../graph/rings.ts';
import type { Graph } from '../../graph/graph.ts';
import { buildModel, type ModelGraph } from '../../models/index.ts';
import { add, print } from '../../symbolic/dim.ts';
import { bounds } from '../../symbolic/relate.ts';
import { byteSize, bytesOfRow, hasGroup, type WeightDType } from '../../tensor/tensor.ts';
import { readConfig } from '../../weights/checkpoint.ts';
import type { CheckpointFolder } from '../../weights/sources/byte-source.ts';
import { STORE_GROUP } from '../../weights/import/convert.ts';
import { DEFAULT_PROFILE, type Profile, PROFILES } from '../../weights/store/profiles.ts';
import { type MatrixRole, matrixRoles, typeByRole } from './sizes/matrix-roles.ts';
import { sharedTypes } from './sizes/shared-bits.ts';
import { DEFAULT_CAPACITY, MAX_CHUNK, REACH } from '../limits.ts';
import type { ImportOptions, LoadOptions } from '../types.ts';

/** Describes a checkpoint; reads its config.json only. Throws as `openCheckpoint` does, and `model-unknown`. */
export async function inspectCheckpoint(
  folder: CheckpointFolder,
  options: Pick<ImportOptions, 'weights'> & LoadOptions = {},
): Promise<string> {
  const profile: Profile = PROFILES[options.weights ?? DEFAULT_PROFILE];
  const config = await readConfig(folder);
  const build = (roles: ReadonlyMap<string, MatrixRole>, shared?: ReadonlyMap<string, WeightDType>) =>
    buildModel(config, {
      activations: options.activations ?? 'f32',
      weights: (tensor) => {
        const dtype = shared?.get(tensor) ?? typeByRole(profile, roles.get(tensor));
        return hasGroup(dtype) ? { dtype, group: STORE_GROUP } : { dtype };
      },
      maxChunk: MAX_CHUNK,
      capacity: options.capacity ?? DEFAULT_CAPACITY,
      reach: REACH,
      ...(options.cache === undefined ? {} : { cache: options.cache }),
    });
  // Only a graph shows the roles of its matrices, so build it twice.
  const first = build(new Map());
  return describeModel(build(matrixRoles(first.graph), profile.shared && sharedTypes(first, profile.shared)));
}

/** Describes a model; `withPlan`: includes the memory plan, which a runtime describes itself. */
export function describeModel(model: ModelGraph, withPlan = true): string {
  const fused = runPasses(model.graph);
  const plan = withPlan ? [`memory plan\n${printPlan(planMemory(fused), fused)}`] : [];
  return [facts(model, fused), passes(model.graph), printGraph(fused), ...plan].join('\n\n');
}

function facts(model: ModelGraph, graph: Graph): string {
  const sumOf = (kind: 'weight' | 'state' | 'pages') => {
    const all = graph.values.filter((v) => v.origin.kind === kind).map((v) => byteSize(v.type));
    return all.reduce((sum, bytes) => add(sum, bytes), 0);
  };
  const bytes = (kind: 'weight' | 'state') => {
    const sum = sumOf(kind);
    return `${print(sum)} bytes (at most ${bounds(sum).max})`;
  };
  const held = add(add(sumOf('weight'), sumOf('state')), sumOf('pages'));
  const most = bounds(held).max + planMemory(graph).maxBytes;
  const stored = graph.values.flatMap(({ origin, type }) => {
    if (origin.kind !== 'pages') return [];
    const { tensor } = origin.rows;
    const [rows = 0] = model.tensors.find(({ name }) => name === tensor)?.shape ?? [];
    return [`table   ${rows * bytesOfRow(type)} bytes stay in the store`];
  });
  const { family, hidden, layers, heads, kvHeads, headWidth, vocab, contextLength } = model;
  return [
    `${family}: ${layers} layers, width ${hidden}, ${heads} heads of ${headWidth} on ${kvHeads}, vocabulary ${vocab}`,
    `context ${contextLength}, capacity ${model.capacity}, at most ${model.maxChunk} tokens per run`,
    `weights ${bytes('weight')}`,
    ...stored,
    `cache   ${bytes('state')}, ${model.cache}`,
    ...ringsOf(graph).map(({ window, rows }) => `        layers that see ${window} tokens keep ${rows} rows`),
    `memory  ${most} bytes (${(most / 1e9).toFixed(2)} GB) of the GPU at most: weights, cache and slots`,
  ].join('\n');
}

function passes(graph: Graph): string {
  const lines = [`passes, from ${graph.nodes.length} nodes:`];
  let now = graph;
  for (const pass of PASSES) {
    const next = pass.run(now);
    lines.push(`  ${pass.name}: ${now.nodes.length} → ${next.nodes.length}  ${pass.why}`);
    now = next;
  }
  return lines.join('\n');
}
