/**
 * Checks the invariants of a graph. Every pass must return a graph that passes, so later steps (plan, program) need no
 * checks of their own. Throws an EngineError (code `internal`).
 */
import { fail } from '../base/errors.ts';
import { symbolsOf } from '../symbolic/dim.ts';
import { printType, sameType } from '../tensor/tensor.ts';
import type { Graph, Node, Value, ValueId } from './graph.ts';
import type { Attribute } from '../tensor/signature.ts';
import { opNamed } from '../ops/index.ts';
import { ringsOf } from './rings.ts';

export function validate(graph: Graph): void {
  const values = new Map(graph.values.map((v) => [v.id, v]));
  const checks = { graph, values, made: new Set<ValueId>(), overwritten: new Map<ValueId, string>() };
  checkNames(graph, values);
  checkSymbols(graph);
  for (const value of graph.values) {
    if (value.origin.kind !== 'node' && value.origin.kind !== 'view') checks.made.add(value.id);
    else if (value.origin.kind === 'view') checkView(checks, value);
  }
  for (const node of graph.nodes) checkNode(checks, node);
  for (const [name, id] of Object.entries(graph.outputs)) {
    if (!checks.made.has(id)) unsound(`output ${name}`, 'a value that is made', `value ${id}`);
    const by = checks.overwritten.get(id);
    if (by !== undefined) unsound(`output ${name}`, 'a value that lasts', `overwritten by ${by}`);
  }
  ringsOf(graph);
  const unmade = graph.values.find((v) => !checks.made.has(v.id));
  if (unmade !== undefined) unsound(unmade.name, 'a node that makes it', 'none');
}

interface Checks {
  readonly graph: Graph;
  readonly values: ReadonlyMap<ValueId, Value>;
  readonly made: Set<ValueId>;
  /** Overwritten residuals, and the name of the node that overwrote each. */
  readonly overwritten: Map<ValueId, string>;
}

function checkNames(graph: Graph, values: ReadonlyMap<ValueId, Value>): void {
  if (values.size !== graph.values.length) unsound(graph.name, 'unique value ids', 'an id twice');
  for (const [kind, names] of [
    ['value', graph.values.map((v) => v.name)],
    ['node', graph.nodes.map((n) => n.name)],
  ] as const) {
    const seen = new Set<string>();
    const twice = names.find((name) => seen.size === seen.add(name).size);
    if (twice !== undefined) unsound(`${kind} ${twice}`, 'a unique name', 'the name twice');
  }
}

/** Every dim can be evaluated once the declared symbols are bound. */
function checkSymbols(graph: Graph): void {
  const check = (where: string, dims: readonly Attribute[]): void => {
    for (const d of dims) {
      if (typeof d !== 'object') continue;
      const stranger = [...symbolsOf(d).keys()].find((name) => graph.symbols[name] === undefined);
      if (stranger !== undefined) unsound(where, Object.keys(graph.symbols).join(', '), `symbol ${stranger}`);
    }
  };
  for (const { name, type, origin } of graph.values) {
    check(name, origin.kind === 'view' ? [...type.shape, origin.row] : type.shape);
  }
  for (const node of graph.nodes) check(node.name, Object.values(node.attributes));
}

function checkView({ values }: Checks, value: Value): void {
  if (value.origin.kind !== 'view') return;
  const of = values.get(value.origin.of);
  if (of?.origin.kind !== 'state') unsound(value.name, 'a view of a state', of?.name ?? 'nothing');
}

function checkNode(checks: Checks, node: Node): void {
  const op = opNamed(node.op);
  const allowed = [...op.inputs, ...(op.optional ?? [])];
  const missing = op.inputs.find((name) => node.inputs[name] === undefined);
  if (missing !== undefined) unsound(node.name, `input ${missing}`, 'nothing');
  const surplus = Object.keys(node.inputs).find((name) => !allowed.includes(name));
  if (surplus !== undefined) unsound(node.name, `inputs ${allowed.join(', ')}`, surplus);

  const types = Object.fromEntries(
    Object.entries(node.inputs).map(([name, id]) => [name, checkRead(checks, node, name, id).type]),
  );
  checkResidual(checks, node);
  const inferred = op.infer(types, node.attributes);
  if (Object.keys(node.outputs).sort().join() !== Object.keys(inferred).sort().join()) {
    unsound(node.name, `outputs ${Object.keys(inferred)}`, Object.keys(node.outputs).join());
  }
  for (const [name, id] of Object.entries(node.outputs)) {
    const value = checks.values.get(id);
    const type = inferred[name]!;
    if (value === undefined) unsound(`${node.name}, output ${name}`, 'a value', `no value ${id}`);
    if (checks.made.has(id)) unsound(value.name, 'one maker', `also made by ${node.name}`);
    if (!sameType(value.type, type)) unsound(value.name, printType(type), printType(value.type));
    checks.made.add(id);
  }
}

/**
 * A value is read after it is produced and before it is overwritten; a state is read after its views of this run, or by the
 * node that writes them, which reads the rows before.
 */
function checkRead(checks: Checks, node: Node, input: string, id: ValueId): Value {
  const where = `${node.name}, input ${input}`;
  const value = checks.values.get(id);
  if (value === undefined) unsound(where, 'a value', `no value ${id}`);
  if (!checks.made.has(id)) unsound(where, 'a value made before', value.name);
  const by = checks.overwritten.get(id);
  if (by !== undefined) unsound(where, 'a value that lasts', `${value.name}, overwritten by ${by}`);
  if (value.origin.kind === 'state') {
    const own = Object.values(node.outputs);
    const late = checks.graph.values.find(
      (v) => v.origin.kind === 'view' && v.origin.of === id && !checks.made.has(v.id) && !own.includes(v.id),
    );
    if (late !== undefined) unsound(where, `${late.name} written before`, `${value.name} read first`);
  }
  return value;
}

/** A residual is produced by a node, and the node that overwrites it reads it through no other input. */
function checkResidual(checks: Checks, node: Node): void {
  const { residual } = node.inputs;
  if (residual === undefined) return;
  const value = checks.values.get(residual)!;
  if (value.origin.kind !== 'node') unsound(node.name, 'a residual made by a node', value.name);
  const uses = Object.values(node.inputs).filter((id) => id === residual).length;
  if (uses > 1) unsound(node.name, 'a residual that is no other input', value.name);
  const out = checks.values.get(node.outputs.out!);
  if (out?.origin.kind !== 'node') unsound(node.name, 'a result in the residual’s memory', 'a view');
  checks.overwritten.set(residual, node.name);
}

function unsound(where: string, expected: string, got: string): never {
  fail('internal', { who: 'graph', where, message: 'the graph is invalid', expected, got });
}
