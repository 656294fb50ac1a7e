/**
 * What a model costs on a GPU, counted without one: bytes of all buffers but readbacks, and dispatches. The device has f16, the
 * smallest binding of phones, and ten buffers a stage.
 */
import type { Gpu } from '../../gpu/index.ts';
import { runPasses } from '../../graph/passes/index.ts';
import { planMemory } from '../../graph/plan.ts';
import { specialise } from '../../kernels/kernel.ts';
import { buildModel, type ModelOptions } from '../../models/index.ts';
import { constantTable } from '../../ops/rope/table.ts';
import { rangesOf } from '../../runtime/program/programs.ts';
import { selectKernels, workspacesOf } from '../../runtime/program/select-kernels.ts';
import { evaluate } from '../../symbolic/evaluate.ts';
import { bounds } from '../../symbolic/relate.ts';
import { byteSize, bytesOfRow } from '../../tensor/tensor.ts';

const CHUNK = 128;

const gpu = {
  f16: true,
  subgroupSizes: [0, 0],
  maxBindingBytes: 128 * 2 ** 20,
  facts: { limits: { maxStorageBuffersPerShaderStage: 10 } },
} as unknown as Gpu;

export function gpuCost(config: object, options: Omit<ModelOptions, 'maxChunk'>) {
  const { capacity } = options;
  const model = buildModel(config, { ...options, maxChunk: CHUNK });
  const graph = runPasses(model.graph);
  const place = { gpu, graph, capacity, variants: {} };
  const plan = planMemory(graph, workspacesOf(place, rangesOf(CHUNK)));
  const sum = (kind: string) =>
    graph.values
      .filter((v) => v.origin.kind === kind)
      .reduce((total, v) => total + evaluate(byteSize(v.type), { C: capacity, S: CHUNK }), 0);
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
    cache: sum('state'),
    /** Of a row of the table that stays in the store. */
    page: page === undefined ? 0 : bytesOfRow(page.type),
    /** Everything but weights and cache: tables, a run's rows of the table in the store, slots of the plan. */
    beside: sum('pages') + tables + slots,
    total: sum('weight') + sum('state') + sum('pages') + tables + slots,
    early: runs(0).length,
    late: runs(capacity - 1).length,
    inLayer: (layer: number) => runs(0).filter(({ node }) => node.name.startsWith(`layers.${layer}.`)).length,
  };
}
