/**
 * A program: the graph as a flat list of dispatches for a range of S, ready to run for any S and P in it (of an encoder: S and
 * B, its passages). Compiled
 * once: kernels selected, pipelines compiled, bind groups created, all parameters laid out in one uniform buffer. A
 * step only evaluates dims into that buffer.
 */
import { fail } from '../../base/errors.ts';
import {
  type Copy,
  createBindGroup,
  type Dispatch,
  type Gpu,
  type Pipeline,
  pipelineCache,
  submit,
  writeBuffer,
} from '../../gpu/index.ts';
import type { Graph, Node } from '../../graph/graph.ts';
import { specialise, type Specialised } from '../../kernels/kernel.ts';
import { type CompiledDims, compileDims, evaluate } from '../../symbolic/evaluate.ts';
import { type NodeKernel, selectKernels, type CompileTarget, type LengthRange } from './select-kernels.ts';
import { feedsState } from './prefill-prune.ts';
import { layOut, type Params } from './params.ts';
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
   * Evaluates and writes the parameters of a run; S must be in the range. `other` is P, or B of an encoder. Without `outputs` it skips dispatches that
   * only outputs need. Returns the number of dispatches to submit, in order, before the next `begin`.
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

export async function compileProgram(
  target: ProgramTarget,
  range: LengthRange,
  onPipeline?: (done: number, total: number) => void,
): Promise<Program> {
  const { gpu } = target;
  const nodes = selectKernels(target, range);
  const steps = nodes.flatMap((chosen) =>
    specialise(chosen.kernel, chosen.input).map((made): NodeDispatch => ({ chosen, dispatch: made })),
  );
  for (const { chosen, dispatch: made } of steps) checkBindings(gpu, chosen.node, made);
  const all = steps.map((step) => step.dispatch);
  let done = 0;
  const distinct = new Set(all.map((made) => made.key)).size;
  const seen = new Set<string>();
  const pipelines = await Promise.all(
    all.map(async (made) => {
      const pipeline = await pipelineCache(gpu).get({ ...made, label: made.kernel });
      if (seen.size < seen.add(made.key).size) onPipeline?.(++done, distinct);
      return pipeline;
    }),
  );
  const params = layOut(gpu, all);
  const dispatches = steps.map((step, i) =>
    bind(target, step, pipelines[i] as Pipeline, params, params.offsets[i] as number),
  );
  const feeding = feedsState(target.graph);
  const feedsStates = steps.map(({ chosen }) => feeding[chosen.index] as boolean);
  const symbols = symbolsOf(target.graph);
  const countAt = (other: number) =>
    all.filter(({ workgroups }) => evaluate(workgroups, { S: range.min, [symbols[1]]: other }) > 0).length;
  return {
    range,
    nodes: steps.map(({ chosen }) => chosen.node),
    choices: nodes.map(({ why }) => why),
    dispatchCount: countAt(symbols[1] === 'P' ? 0 : 1),
    mostDispatches: countAt(symbols[1] === 'P' ? target.capacity - range.min : 1),
    ...runner(gpu, symbols, dispatches, all, params, feedsStates, target.snapshots),
    destroy: () => params.buffer.destroy(),
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
  pipeline: Pipeline,
  params: Params,
  offset: number,
): Dispatch {
  const bound = made.bindings.map(({ binding, value, part, segment }) => {
    if (value === 'params') return { binding, buffer: params.buffer, offset, size: made.layout.size };
    if (value === 'workspace') return { binding, buffer: resources.workspaceOf(index) };
    const id = node.inputs[value] ?? node.outputs[value];
    if (id === undefined)
      fail('internal', { who: made.kernel, where: value, message: `${node.name} has no such value` });
    return { binding, buffer: resources.bufferOf(id, part, segment) };
  });
  return { pipeline, bindings: createBindGroup(gpu, pipeline, bound) };
}

/** The hot path: everything it uses is created here, once. */
function runner(
  gpu: Gpu,
  symbols: readonly string[],
  dispatches: readonly Dispatch[],
  steps: readonly Specialised[],
  params: Params,
  feedsStates: readonly boolean[],
  snapshots: Snapshots | undefined,
): Pick<Program, 'begin' | 'submit'> {
  const { dims, words, staging, buffer } = params;
  const compiled: CompiledDims = compileDims([...dims, ...steps.map((step) => step.workgroups)], symbols);
  const results = new Float64Array(compiled.length);
  const workgroups = results.subarray(dims.length);
  const staged = new Uint32Array(staging.buffer);
  const binding = new Float64Array(symbols.length);
  const lastFeeding = feedsStates.lastIndexOf(true) + 1;
  let end = 0;
  return {
    begin(s, other, outputs) {
      binding[0] = s;
      binding[1] = other;
      if (snapshots !== undefined) {
        const { read, write } = snapshots.begin(other, s);
        binding[2] = read;
        binding[3] = write;
      }
      end = outputs ? dispatches.length : lastFeeding;
      compiled.run(binding, results);
      for (let i = 0; i < words.length; i++) staged[words[i] as number] = results[i] as number;
      if (words.length > 0) writeBuffer(gpu, buffer, 0, staging);
      if (outputs) return end;
      for (let i = 0; i < lastFeeding; i++) if (feedsStates[i] === false) workgroups[i] = 0;
      return end;
    },
    submit(from, to, copies) {
      submit(gpu, dispatches, workgroups, copies, from, to);
      if (to >= end) snapshots?.end();
    },
  };
}
