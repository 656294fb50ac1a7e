/**
 * Runs a graph on the CPU by the references of its ops: the numbers that kernels are compared with. Computes in f32,
 * whatever dtypes the graph has. Simple and slow on purpose; never used while generating in the product.
 */
import { invariant } from '../base/errors.ts';
import { type Binding, evaluate } from '../symbolic/evaluate.ts';
import type { HostTensor } from '../tensor/tensor.ts';
import { constantTable } from '../ops/rope/table.ts';
import type { Graph, Value, ValueId, WeightRows } from './graph.ts';
import type { Tensors } from '../tensor/signature.ts';
import { opNamed } from '../ops/index.ts';
import { ringRows } from './rings.ts';
import { rowRuns, unchanged } from './rows.ts';

export interface Interpreter {
  /** Runs once: inputs by name to outputs by name. States keep what the views wrote. */
  run(inputs: Tensors, binding: Binding): Tensors;
  /** The states that views write into, with their current contents. */
  readonly states: readonly HostTensor[];
}

/** `C` is the row count of the states and tables. Bind the same value in every run. */
export function interpreter(
  graph: Graph,
  checkpoint: (tensor: string) => HostTensor,
  C: number,
): Interpreter {
  const persistent = new Map<ValueId, HostTensor>();
  for (const value of graph.values) {
    const { origin } = value;
    if (origin.kind === 'weight') persistent.set(value.id, gatherRows(origin.rows, checkpoint));
    if (origin.kind === 'constant') persistent.set(value.id, constantTable(origin.table, C));
    if (origin.kind === 'state') persistent.set(value.id, zeros(value, { C }));
  }
  const byId = new Map(graph.values.map((v) => [v.id, v]));
  const states = graph.values.filter((v) => v.origin.kind === 'state').map((v) => persistent.get(v.id)!);
  return {
    states,
    run(inputs, binding) {
      const values = new Map(persistent);
      for (const v of graph.values) {
        if (v.origin.kind === 'input') values.set(v.id, inputs[v.name]!);
        if (v.origin.kind === 'pages')
          values.set(v.id, rowsById(checkpoint(v.origin.rows.tensor), inputs.ids!));
      }
      for (const node of graph.nodes) {
        const given = Object.entries(node.inputs).map(([name, id]) => [name, values.get(id)!]);
        const made = opNamed(node.op).reference(Object.fromEntries(given), node.attributes, binding);
        for (const [name, id] of Object.entries(node.outputs)) {
          const { origin } = byId.get(id)!;
          values.set(id, made[name]!);
          if (origin.kind === 'view') {
            const ring = ringRows(byId.get(origin.of)!.type) !== undefined;
            writeRows(values.get(origin.of)!, evaluate(origin.row, binding), made[name]!, ring);
          }
        }
      }
      return Object.fromEntries(Object.entries(graph.outputs).map(([name, id]) => [name, values.get(id)!]));
    },
  };
}

/** Assembles a weight value from checkpoint tensors, in f32. */
export function gatherRows(rows: WeightRows, checkpoint: (tensor: string) => HostTensor): HostTensor {
  const runs = [...rowRuns(rows, (tensor) => checkpoint(tensor).shape[0]!)];
  const height = runs.reduce((n, run) => n + run.count, 0);
  const rest = checkpoint(runs[0]!.tensor).shape.slice(1);
  const width = rest.reduce((n, d) => n * d, 1);
  const data = new Float32Array(height * width);
  for (const run of runs) {
    const source = checkpoint(run.tensor).data;
    for (let i = 0; i < run.count; i++) {
      const from = (run.from + i * run.fromStride) * width;
      const row = source.subarray(from, from + width);
      const made = unchanged(run) ? row : row.map((x) => (x + run.plus) * run.times);
      data.set(made, (run.to + i * run.toStride) * width);
    }
  }
  return { shape: [height, ...rest], data };
}

/** Ids beyond the table mean its last row, as in ops/embed. */
function rowsById(table: HostTensor, ids: HostTensor): HostTensor {
  const [rows, width] = table.shape as [number, number];
  const data = new Float32Array(ids.data.length * width);
  ids.data.forEach((id, i) => {
    const row = Math.min(id, rows - 1);
    data.set(table.data.subarray(row * width, (row + 1) * width), i * width);
  });
  return { shape: [ids.data.length, width], data };
}

function writeRows(state: HostTensor, first: number, part: HostTensor, ring: boolean): void {
  const [rows, width] = state.shape as [number, number];
  const count = part.shape[0] as number;
  invariant(ring || first + count <= rows, 'interpret', 'more tokens than the cache has rows');
  for (let i = 0; i < count; i++) {
    state.data.set(part.data.subarray(i * width, (i + 1) * width), ((first + i) % rows) * width);
  }
}

function zeros(value: Value, binding: Binding): HostTensor {
  const shape = value.type.shape.map((d) => evaluate(d, binding));
  return { shape, data: new Float32Array(shape.reduce((n, d) => n * d, 1)) };
}
