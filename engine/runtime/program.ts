/**
 * A program: the graph as a flat list of dispatches for a range of S, ready to run for any S and P in it.
 * Made once: kernels chosen, pipelines compiled, bind groups built, all parameters laid out in one uniform
 * buffer (equal ones share a block, as the layers of a model do). A step only evaluates dims into it.
 */
import { fail } from '../base/errors.ts';
import {
  type Buffer,
  type Copy,
  createBindGroup,
  createBuffer,
  type Dispatch,
  type Gpu,
  type Pipeline,
  pipelineCache,
  submit,
  writeBuffer,
} from '../gpu/index.ts';
import type { Graph, Node, Value, ValueId } from '../graph/graph.ts';
import {
  type KernelInput,
  narrowInput,
  type ParamLayout,
  selectKernel,
  type Specialised,
  specialise,
} from '../kernels/index.ts';
import { type Dim, isConstant, print } from '../symbolic/dim.ts';
import { type CompiledDims, compileDims } from '../symbolic/evaluate.ts';
import type { Resources } from './resources.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
}

export interface Program {
  readonly range: Range;
  readonly dispatchCount: number;
  /** One line per node: the kernel chosen and why. */
  readonly choices: readonly string[];
  /** Evaluates, writes parameters, submits; creates nothing. S must lie in the range. */
  run(s: number, p: number, copies: readonly Copy[]): void;
  destroy(): void;
}

export interface ProgramSite {
  readonly gpu: Gpu;
  readonly graph: Graph;
  readonly resources: Resources;
  readonly capacity: number;
}

const SYMBOLS = ['S', 'P'] as const;

export async function compileProgram(
  site: ProgramSite,
  range: Range,
  onPipeline?: (done: number, total: number) => void,
): Promise<Program> {
  const { gpu, graph, capacity } = site;
  const values = new Map(graph.values.map((v) => [v.id, v]));
  const ranges = { S: range, C: { min: capacity, max: capacity } };
  const choices: string[] = [];
  const steps = graph.nodes.map((node) => {
    const input = narrowInput(kernelInput(node, values, gpu.f16), ranges);
    const { kernel, why } = selectKernel(input);
    choices.push(why);
    const made = specialise(kernel, input);
    checkBindings(gpu, node, made);
    return made;
  });
  let done = 0;
  const distinct = new Set(steps.map((step) => step.key)).size;
  const seen = new Set<string>();
  const pipelines = await Promise.all(
    steps.map(async (step) => {
      const pipeline = await pipelineCache(gpu).get({ ...step, label: step.kernel });
      if (seen.size < seen.add(step.key).size) onPipeline?.(++done, distinct);
      return pipeline;
    }),
  );
  const params = layOut(gpu, steps);
  const dispatches = steps.map((step, i) =>
    bind(site, graph.nodes[i] as Node, step, pipelines[i] as Pipeline, params),
  );
  return {
    range,
    choices,
    dispatchCount: dispatches.length,
    run: runner(gpu, dispatches, steps, params),
    destroy: () => params.buffer.destroy(),
  };
}

function kernelInput(node: Node, values: ReadonlyMap<ValueId, Value>, f16: boolean): KernelInput {
  const all = Object.entries({ ...node.inputs, ...node.outputs }).map(
    ([name, id]) => [name, values.get(id) as Value] as const,
  );
  const rows = all.flatMap(([name, { origin }]) =>
    origin.kind === 'view' ? [[name, origin.row] as const] : [],
  );
  return {
    op: node.op,
    name: node.name,
    types: Object.fromEntries(all.map(([name, v]) => [name, v.type])),
    attributes: node.attributes,
    rows: Object.fromEntries(rows),
    caps: { f16 },
  };
}

function checkBindings(gpu: Gpu, node: Node, step: Specialised): void {
  const most = gpu.facts.limits.maxStorageBuffersPerShaderStage ?? 8;
  const needed = step.bindings.filter((b) => b.access !== 'uniform').length;
  if (needed <= most) return;
  fail('gpu-limit', {
    who: `${node.op} ${node.name}`,
    message: 'this GPU binds too few buffers at a time',
    expected: `${needed}`,
    got: most,
  });
}

interface Params {
  readonly buffer: Buffer;
  readonly staging: Uint8Array<ArrayBuffer>;
  /** Byte offset of each step's block. */
  readonly offsets: readonly number[];
  /** Dims that a step evaluates, and the words of the staging memory where they go. */
  readonly dims: readonly Dim[];
  readonly words: readonly number[];
}

function layOut(gpu: Gpu, steps: readonly Specialised[]): Params {
  const alignment = gpu.facts.limits.minUniformBufferOffsetAlignment ?? 256;
  const blocks = new Map<string, { offset: number; layout: ParamLayout; params: readonly Dim[] }>();
  let size = 0;
  const offsets = steps.map(({ layout, params }) => {
    const key = layout.fields.map((field, i) => `${field.type} ${print(params[i] as Dim)}`).join();
    const known = blocks.get(key);
    if (known !== undefined) return known.offset;
    const offset = Math.ceil(size / alignment) * alignment;
    size = offset + layout.size;
    blocks.set(key, { offset, layout, params });
    return offset;
  });
  const staging = new Uint8Array(size);
  const view = new DataView(staging.buffer);
  const dims: Dim[] = [];
  const words: number[] = [];
  for (const { offset, layout, params } of blocks.values()) {
    layout.fields.forEach((field, i) => {
      const value = params[i] as Dim;
      if (!isConstant(value)) {
        dims.push(value);
        words.push((offset + field.offset) / 4);
      } else if (field.type === 'f32') view.setFloat32(offset + field.offset, value, true);
      else view.setUint32(offset + field.offset, value, true);
    });
  }
  const buffer = createBuffer(gpu, 'parameters', size, 'params');
  writeBuffer(gpu, buffer, 0, staging);
  return { buffer, staging, offsets, dims, words };
}

function bind(
  site: ProgramSite,
  node: Node,
  step: Specialised,
  pipeline: Pipeline,
  params: Params,
): Dispatch {
  const offset = params.offsets[site.graph.nodes.indexOf(node)] as number;
  const bound = step.bindings.map(({ binding, value, part }) => {
    if (value === 'params') return { binding, buffer: params.buffer, offset, size: step.layout.size };
    const id = node.inputs[value] ?? node.outputs[value];
    if (id === undefined)
      fail('internal', { who: step.kernel, where: value, message: `${node.name} has no such value` });
    return { binding, buffer: site.resources.bufferOf(id, part) };
  });
  return { pipeline, bindings: createBindGroup(site.gpu, pipeline, bound) };
}

/** The hot path: everything it touches is made here, once. */
function runner(
  gpu: Gpu,
  dispatches: readonly Dispatch[],
  steps: readonly Specialised[],
  params: Params,
): Program['run'] {
  const { dims, words, staging, buffer } = params;
  const compiled: CompiledDims = compileDims([...dims, ...steps.map((step) => step.workgroups)], SYMBOLS);
  const results = new Float64Array(compiled.length);
  const workgroups = results.subarray(dims.length);
  const staged = new Uint32Array(staging.buffer);
  const binding = new Float64Array(SYMBOLS.length);
  return (s, p, copies) => {
    binding[0] = s;
    binding[1] = p;
    compiled.run(binding, results);
    for (let i = 0; i < words.length; i++) staged[words[i] as number] = results[i] as number;
    if (words.length > 0) writeBuffer(gpu, buffer, 0, staging);
    submit(gpu, dispatches, workgroups, copies);
  };
}
