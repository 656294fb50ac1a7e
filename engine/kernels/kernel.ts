/**
 * A kernel is a record around one shader: which nodes it takes, which parts make it up, what its parameters
 * are by name, how many workgroups it wants. Only the shader is code.
 *
 * Two knobs alone: `override` constants, and header lines (`alias Scalar = f32;`, `const ROWS: u32 = 1u;`)
 * together with the parts of `wgsl/lib` that are put beside it; module scope has no order. What needs
 * a third knob is another kernel.
 *
 * Not here: which kernel a node gets (`index.ts`), buffers and pipelines (`gpu/`, `runtime/compile.ts`).
 */
import { fail } from '../base/errors.ts';
import type { Attributes, Types } from '../graph/ops/op.ts';
import { type Dim, isConstant } from '../symbolic/dim.ts';
import type { TensorType } from '../tensor/tensor.ts';
import fold from '../../wgsl/lib/fold.wgsl?raw';
import { type Access, type ParamLayout, parseBindings, parseParams, withHeader } from './shader.ts';

/** What of a device decides which kernel runs. */
export interface Caps {
  /** shader-f16 */
  readonly f16: boolean;
}

/** A node as kernels see it. */
export interface KernelInput {
  readonly op: string;
  readonly name: string;
  /** Inputs and outputs by name; absent optional inputs are absent. */
  readonly types: Types;
  readonly attributes: Attributes;
  /** First row of outputs that are views into a state; absent means 0. */
  readonly rows: Readonly<Record<string, Dim>>;
  readonly caps: Caps;
}

export interface KernelSpec {
  readonly source: string;
  /** Texts of `wgsl/lib` that stand beside the source. */
  readonly parts?: (node: KernelInput) => readonly string[];
  /** True, or why not: `needs 9 rows or more`. */
  readonly accepts?: (node: KernelInput) => true | string;
  /** Whether the shader's own code needs shader-f16; `Scalar = f16` asks for it by itself. */
  readonly usesF16?: (node: KernelInput) => boolean;
  readonly header?: (node: KernelInput) => Readonly<Record<string, string>>;
  readonly constants?: (node: KernelInput) => Readonly<Record<string, number>>;
  /** A value for each field of `struct Params`: dims for u32 and i32, numbers for f32. */
  readonly params: (node: KernelInput) => Readonly<Record<string, Dim>>;
  /** Shader's name → node's name, where they differ. `weight_scales` are the scales of `weight`. */
  readonly bindings?: Readonly<Record<string, string>>;
  readonly workgroups: (node: KernelInput) => Dim;
}

export interface Kernel extends KernelSpec {
  readonly name: string;
}

export interface BoundValue {
  readonly binding: number;
  readonly access: Access;
  /** Name of the node's input or output; `params` for the uniform. */
  readonly value: string;
  readonly part: 'data' | 'scales';
}

/** A kernel made for one node: everything but the numbers of one step. */
export interface Specialised {
  readonly kernel: string;
  /** Same key, same pipeline. */
  readonly key: string;
  readonly code: string;
  readonly constants: Readonly<Record<string, number>>;
  readonly layout: ParamLayout;
  /** In the order of the layout's fields. */
  readonly params: readonly Dim[];
  readonly bindings: readonly BoundValue[];
  readonly workgroups: Dim;
}

export function kernel(name: string, spec: KernelSpec): Kernel {
  return { name, ...spec };
}

export function specialise(k: Kernel, node: KernelInput): Specialised {
  const header = k.header?.(node) ?? {};
  const text = [k.source, fold, ...(k.parts?.(node) ?? [])].join('\n');
  const f16 = header.Scalar === 'f16' || k.usesF16?.(node) === true;
  const code = `${f16 ? 'enable f16;\n' : ''}${withHeader(text, header, k.name)}`;
  const constants = k.constants?.(node) ?? {};
  const layout = parseParams(code, k.name);
  const values = k.params(node);
  const params = layout.fields.map(({ name, type }) => {
    const value = values[name];
    if (value === undefined || (type === 'f32' && !isConstant(value))) mismatch(k, name, value);
    return value;
  });
  const extra = Object.keys(values).find((name) => !layout.fields.some((f) => f.name === name));
  if (extra !== undefined) mismatch(k, extra, 'a value that the shader does not ask for');
  const bindings = parseBindings(code, k.name).map(({ binding, name, access }): BoundValue => {
    const part = name.endsWith('_scales') ? 'scales' : 'data';
    const plain = part === 'scales' ? name.slice(0, -'_scales'.length) : name;
    return { binding, access, part, value: k.bindings?.[plain] ?? plain };
  });
  const key = `${k.name} ${JSON.stringify(constants)}\n${code}`;
  return { kernel: k.name, key, code, constants, layout, params, bindings, workgroups: k.workgroups(node) };
}

function mismatch(k: Kernel, name: string, value: unknown): never {
  const message = 'a parameter does not fit struct Params of the shader';
  fail('internal', { who: `kernel ${k.name}`, where: name, message, got: String(value) });
}

/** An input or output that must be there; ops' inference has checked it. */
export function typeIn(node: KernelInput, name: string): TensorType {
  const type = node.types[name];
  if (type !== undefined) return type;
  fail('internal', { who: `${node.op} ${node.name}`, where: name, message: 'an input is missing' });
}

/** An attribute; `otherwise` where the op lets it be left out. */
export function numberIn(node: KernelInput, name: string, otherwise?: number): number {
  const value = node.attributes[name] ?? otherwise;
  if (typeof value === 'number') return value;
  fail('internal', { who: `${node.op} ${node.name}`, where: name, message: 'an attribute is not a number' });
}

export function dimIn(node: KernelInput, name: string): Dim {
  const value = node.attributes[name];
  if (typeof value === 'number' || typeof value === 'object') return value;
  fail('internal', { who: `${node.op} ${node.name}`, where: name, message: 'an attribute is not a dim' });
}

/** A size that is fixed by the model. */
export function fixed(node: KernelInput, name: string, d: Dim): number {
  if (isConstant(d)) return d;
  fail('internal', { who: `${node.op} ${node.name}`, where: name, message: 'a size is not a number' });
}

/** Header of kernels whose only choice is the element type of activations. */
export function scalarOf(type: TensorType): { Scalar: string } {
  return { Scalar: type.dtype };
}

/** Refuses f16 activations where the device cannot compute with halves. */
export function needsF16(node: KernelInput, name: string): true | string {
  return typeIn(node, name).dtype !== 'f16' || node.caps.f16 || 'needs shader-f16';
}
