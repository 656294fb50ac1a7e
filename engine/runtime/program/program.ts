/**
 * A program: the graph as a flat list of dispatches for a range of S, ready to run for any S and P in it (of an encoder: S and
 * B, its passages). Opened once: kernels selected, pipelines asked for, bind groups created, all parameters laid out in one
 * uniform buffer. A step only evaluates dims into that buffer.
 */
import { fail, invariant } from '../../base/errors.ts';
import {
  type BindGroup,
  type BindingLayout,
  type Copy,
  createBindGroup,
  type Dispatch,
  type Gpu,
  type Pipeline,
  pipelineCache,
  type PipelineRequest,
  submit,
  writeBuffer,
} from '../../gpu/index.ts';
import type { Graph, Node } from '../../graph/graph.ts';
import { withImmediates } from '../../kernels/immediates.ts';
import { specialise, type Specialised } from '../../kernels/kernel.ts';
import { isConstant } from '../../symbolic/dim.ts';
import { type CompiledDims, compileDims, evaluate } from '../../symbolic/evaluate.ts';
import { type NodeKernel, selectKernels, type CompileTarget, type LengthRange } from './select-kernels.ts';
import { feedsState } from './prefill-prune.ts';
import { layOut, type Params } from './params.ts';
import { compileAll } from './compiling.ts';
import type { Snapshots } from '../../kv/snapshots.ts';
import type { Resources } from '../memory/resources.ts';

export interface Program {
  readonly range: LengthRange;
  /** With an empty cache, and with a full one: attention over a long past takes one dispatch more. */
  readonly dispatchCount: number;
  readonly mostDispatches: number;
  /** The node that each dispatch computes a part of. */
  readonly nodes: readonly Node[];
  /** One line per node: the selected kernel and the reason. */
  readonly choices: readonly string[];
  /**
   * Resolves when the pipelines of a run are compiled, `outputs` as in {@link begin}; undefined once they are. Rejects with
   * `gpu-program`, `gpu-lost`, and with `request-aborted` if the program is destroyed first.
   */
  ready(outputs: boolean): Promise<void> | undefined;
  /**
   * Evaluates and writes the parameters of a run that is {@link ready}; S must be in the range. `other` is P, or B of an encoder.
   * Without `outputs` it skips dispatches that only outputs need. Returns the number of dispatches to submit, in order, before
   * the next `begin`.
   */
  begin(s: number, other: number, outputs: boolean): number;
  /** Submits dispatches [from, to), then copies. Creates no GPU objects. */
  submit(from: number, to: number, copies: readonly Copy[]): void;
  destroy(): void;
}

export interface ProgramTarget extends CompileTarget {
  readonly resources: Resources;
  /** Says which slots a run reads and writes; without it all runs begin at position 0. */
  readonly snapshots?: Snapshots | undefined;
}

/** A dispatch and the node that it computes a part of. */
interface NodeDispatch {
  readonly chosen: NodeKernel;
  readonly dispatch: Specialised;
}

/** The symbols that change from run to run. R and W: graph/slots.ts. */
const symbolsOf = ({ symbols }: Graph) => ['S', symbols.P === undefined ? 'B' : 'P', 'R', 'W'] as const;

/**
 * Asks for the pipelines of a program and creates all of its other objects, so that runs create nothing. `onPipeline` counts
 * distinct pipelines as they arrive. Throws `gpu-limit` where a dispatch binds more buffers than the GPU does.
 */
export function openProgram(
  target: ProgramTarget,
  range: LengthRange,
  onPipeline?: (done: number, total: number) => void,
): Program {
  const { gpu } = target;
  const nodes = selectKernels(target, range);
  const plain = nodes.flatMap((chosen) =>
    specialise(chosen.kernel, chosen.input).map((made): NodeDispatch => ({ chosen, dispatch: made })),
  );
  const immediate =
    target.variants.immediates === true ? withImmediates(plain.map((step) => step.dispatch)) : undefined;
  const steps = plain.map((step, i) => ({ ...step, dispatch: immediate?.steps[i] ?? step.dispatch }));
  for (const { chosen, dispatch: made } of steps) checkBindings(gpu, chosen.node, made);
  const all = steps.map((step) => step.dispatch);
  const requests = all.map((made) => ({ ...made, label: made.kernel }));
  const cache = pipelineCache(gpu);
  const params = layOut(gpu, all, immediate?.words);
  const groups = steps.map((step, i) =>
    bind(target, step, cache.layoutOf(requests[i] as PipelineRequest), params, params.offsets[i] as number),
  );
  const feeding = feedsState(target.graph);
  const feedsStates = steps.map(({ chosen }) => feeding[chosen.index] as boolean);
  const dispatches: Dispatch[] = [];
  const take = (i: number, pipeline: Pipeline) => {
    dispatches[i] = { pipeline, bindings: groups[i] as BindGroup };
  };
  const compiling = compileAll(cache, requests, feedsStates, take, onPipeline);
  const symbols = symbolsOf(target.graph);
  const countAt = (other: number) =>
    all.filter(({ workgroups }) => evaluate(workgroups, { S: range.min, [symbols[1]]: other }) > 0).length;
  return {
    range,
    nodes: steps.map(({ chosen }) => chosen.node),
    choices: nodes.map(({ why }) => why),
    dispatchCount: countAt(symbols[1] === 'P' ? 0 : 1),
    mostDispatches: countAt(symbols[1] === 'P' ? target.capacity - range.min : 1),
    ready: compiling.ready,
    ...runner(gpu, symbols, dispatches, compiling.ready, all, params, feedsStates, target.snapshots),
    destroy() {
      compiling.end();
      params.buffer.destroy();
    },
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

function bind(
  { gpu, resources }: ProgramTarget,
  { chosen: { node, index }, dispatch: made }: NodeDispatch,
  layout: BindingLayout,
  params: Params,
  offset: number,
): BindGroup {
  const bound = made.bindings.map(({ binding, value, part, segment }) => {
    if (value === 'params') return { binding, buffer: params.buffer, offset, size: made.layout.size };
    if (value === 'workspace') return { binding, buffer: resources.workspaceOf(index) };
    const id = node.inputs[value] ?? node.outputs[value];
    if (id === undefined)
      fail('internal', { who: made.kernel, where: value, message: `${node.name} has no such value` });
    return { binding, buffer: resources.bufferOf(id, part, segment) };
  });
  return createBindGroup(gpu, layout, bound);
}

/** The hot path: everything it uses is created here, once. */
function runner(
  gpu: Gpu,
  symbols: readonly string[],
  dispatches: readonly Dispatch[],
  ready: Program['ready'],
  steps: readonly Specialised[],
  params: Params,
  feedsStates: readonly boolean[],
  snapshots: Snapshots | undefined,
): Pick<Program, 'begin' | 'submit'> {
  const { dims, words, staging, staged, buffer } = params;
  const immediates = params.immediates.length > 0 ? params.immediates : undefined;
  // Most workgroup counts of a step are constant: they are not evaluated again.
  const counts = steps.map(({ workgroups }) => (isConstant(workgroups) ? workgroups : 0));
  const all = Float64Array.from(counts);
  const feeding = Float64Array.from(counts, (count, i) => (feedsStates[i] === true ? count : 0));
  const varying = steps.flatMap(({ workgroups }, i) => (isConstant(workgroups) ? [] : [{ i, workgroups }]));
  const compiled: CompiledDims = compileDims([...dims, ...varying.map((v) => v.workgroups)], symbols);
  const results = new Float64Array(compiled.length);
  const binding = new Float64Array(symbols.length);
  const lastFeeding = feedsStates.lastIndexOf(true) + 1;
  let workgroups = all;
  let end = 0;
  return {
    begin(s, other, outputs) {
      invariant(ready(outputs) === undefined, 'program', 'a run began before its pipelines were compiled');
      binding[0] = s;
      binding[1] = other;
      if (snapshots !== undefined) {
        const { read, write } = snapshots.begin(other, s);
        binding[2] = read;
        binding[3] = write;
      }
      end = outputs ? steps.length : lastFeeding;
      workgroups = outputs ? all : feeding;
      compiled.run(binding, results);
      for (let i = 0; i < words.length; i++) staged[words[i] as number] = results[i] as number;
      for (let j = 0; j < varying.length; j++) {
        const { i } = varying[j] as (typeof varying)[number];
        if (outputs || feedsStates[i] === true) workgroups[i] = results[words.length + j] as number;
      }
      if (staging.length > 0) writeBuffer(gpu, buffer, 0, staging);
      return end;
    },
    submit(from, to, copies) {
      submit(gpu, dispatches, workgroups, copies, from, to, immediates);
      if (to >= end) snapshots?.end();
    },
  };
}
