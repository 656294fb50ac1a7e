/**
 * What a model costs on a GPU, counted without one: bytes of all buffers but readbacks, and dispatches. The device has f16, the
 * smallest binding of phones, and ten buffers a stage or as many as are asked for.
 */
import type { Gpu } from '../../gpu/index.ts';
import { runPasses } from '../../graph/passes/index.ts';
import { planMemory } from '../../graph/plan.ts';
import { hasSlots } from '../../graph/slots.ts';
import { specialise } from '../../kernels/kernel.ts';
import { buildModel, type ModelOptions } from '../../models/index.ts';
import { constantTable } from '../../ops/rope/table.ts';
import { segmentRows } from '../../runtime/memory/segments.ts';
import { rangesOf } from '../../runtime/program/programs.ts';
import { selectKernels, workspacesOf } from '../../runtime/program/select-kernels.ts';
import { evaluate } from '../../symbolic/evaluate.ts';
import { bounds } from '../../symbolic/relate.ts';
import { byteSize, bytesOfRow } from '../../tensor/tensor.ts';

const CHUNK = 128;

const withBuffers = (most: number) =>
  ({
    f16: true,
    subgroupSizes: [0, 0],
    maxBindingBytes: 128 * 2 ** 20,
    facts: { limits: { maxStorageBuffersPerShaderStage: most } },
  }) as unknown as Gpu;

/** `buffers`: storage buffers that a stage binds at most. */
export function gpuCost(config: object, options: Omit<ModelOptions, 'maxChunk'>, buffers = 10) {
  const { capacity } = options;
  const model = buildModel(config, { ...options, maxChunk: CHUNK });
  const graph = runPasses(model.graph);
  const place = { gpu: withBuffers(buffers), graph, capacity, variants: {} };
  const plan = planMemory(graph, workspacesOf(place, rangesOf(CHUNK)));
  const bytesOf = (values: (typeof graph.values)[number][]) =>
    values.reduce((total, v) => total + evaluate(byteSize(v.type), { C: capacity, S: CHUNK }), 0);
  const of = (kind: string) => graph.values.filter((v) => v.origin.kind === kind);
  const sum = (kind: string) => bytesOf(of(kind));
  const tables = graph.values.reduce(
    (total, { origin }) =>
      origin.kind === 'constant' ? total + 4 * constantTable(origin.table, capacity).data.length : total,
    0,
  );
  const steps = selectKernels(place, { min: 1, max: 1 }).flatMap(({ kernel, input, node }) =>
    specialise(kernel, input).map((step) => ({ node, step })),
  );
  const runs = (p: number) => steps.filter(({ step }) => evaluate(step.workgroups, { S: 1, P: p }) > 0);
  const slots = plan.slots.reduce((total, slot) => total + bounds(slot.bytes).max, 0);
  const page = graph.values.find(({ origin }) => origin.kind === 'pages');
  return {
    tensors: model.tensors,
    graph,
    weights: sum('weight'),
    /** What grows with the text, and what does not. */
    cache: bytesOf(of('state').filter((v) => !hasSlots(v))),
    states: bytesOf(of('state').filter(hasSlots)),
    /** Of a row of the table that stays in the store. */
    page: page === undefined ? 0 : bytesOfRow(page.type),
    /** Everything but weights, cache and states: tables, a run's rows of the table in the store, slots of the plan. */
    beside: sum('pages') + tables + slots,
    total: sum('weight') + sum('state') + sum('pages') + tables + slots,
    early: runs(0).length,
    late: runs(capacity - 1).length,
    /** Dispatches of a token in a layer. */
    inLayer: (layer: number, past = 0) =>
      runs(past).filter(({ node }) => node.name.startsWith(`layers.${layer}.`)).length,
    /** Pieces of the embedding: it and the head run once for each. */
    segments: segmentRows(
      graph.values.find(({ name }) => name.endsWith('embed_tokens.weight'))!.type,
      place.gpu.maxBindingBytes,
    ).length,
  };
}
