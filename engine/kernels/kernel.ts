/**
 * A kernel is a record around one shader: which nodes it accepts, the shader text's parts, its parameters by name, and
 * the number of workgroups. Only the shader is code.
 *
 * A kernel adapts to a node in two ways only: by `override` constants, and by header lines (`alias Scalar = f32;`,
 * `const ROWS: u32 = 1u;`) together with parts of `wgsl/` that are appended. Module scope has no order, so parts can
 * come in any order. If a node needs a third way, write another kernel.
 *
 * Not here: which kernel a node gets (`ops/select-kernel.ts`), buffers and pipelines (`gpu/`, `runtime/program/`).
 */
import { fail } from '../base/errors.ts';
import type { Attributes, Types } from '../tensor/signature.ts';
import { type Dim, isConstant } from '../symbolic/dim.ts';
import type { TensorType } from '../tensor/tensor.ts';
import fold from '../../wgsl/lib/fold.wgsl?raw';
import { type Access, type ParamLayout, parseBindings, parseParams, withHeader } from './shader.ts';

/** The device capabilities that kernel selection depends on. */
export interface Caps {
  /** shader-f16 */
  readonly f16: boolean;
  /** maxStorageBuffersPerShaderStage; 8 when absent, which WebGPU guarantees. */
  readonly storageBuffers?: number;
  /** Most lanes of a subgroup; absent without subgroups. */
  readonly subgroupSize?: number;
  /** Enabled kernel variants; none when absent. */
  readonly variants?: KernelVariants;
}

/**
 * Kernel variants that a GPU may support and may get wrong. Each is used only where its self-test passed on that GPU
 * and it was not slower (`runtime/variants/`).
 */
export interface KernelVariants {
  /** Sums over lanes by subgroup operations. */
  readonly subgroups?: boolean;
  /** Products of one row: a thread computes eight results instead of four. */
  readonly wide?: boolean;
  /** Products of many rows by broadcasts among lanes, without workgroup memory. */
  readonly lanes?: boolean;
  /** Attention of many rows likewise. */
  readonly laneAttention?: boolean;
  /** M0E4 products of many rows by dot products of packed bytes. Rounds activations to 8 bits. */
  readonly int8?: boolean;
  /** Stages and multiplies products of many rows in f16, where activations are f16. */
  readonly f16Math?: boolean;
  /** Parameters that change from step to step are set once in a pass (immediates.ts), not written to a buffer. */
  readonly immediates?: boolean;
}

/** A node as kernels see it. */
export interface KernelInput {
  readonly op: string;
  readonly name: string;
  /** Inputs and outputs by name; absent optional inputs have no key. */
  readonly types: Types;
  readonly attributes: Attributes;
  /** First row of each output that is a view into a state; absent means 0. */
  readonly rows: Readonly<Record<string, Dim>>;
  /** Row count of the ring (graph/rings.ts) that holds an input or output; absent where none does. */
  readonly rings?: Readonly<Record<string, number>>;
  readonly caps: Caps;
  /** Rows of each segment of an input that exceeds the largest binding; absent where it is in one piece. */
  readonly segments?: Readonly<Record<string, readonly number[]>>;
  /** The segment that a dispatch is for; `types` then has the rows of this segment only. */
  readonly segment?: Segment;
}

/** The rows of one segment, from `first` on, of an input with `rows` rows in total. */
export interface Segment {
  readonly value: string;
  readonly index: number;
  readonly first: number;
  readonly rows: number;
}

/** Describes one dispatch. */
export interface Stage {
  readonly source: string;
  /** Texts of `wgsl/` that are appended to the source. */
  readonly parts?: (node: KernelInput) => readonly string[];
  /** Whether the shader's own code needs shader-f16; `Scalar = f16` enables it without this. */
  readonly usesF16?: (node: KernelInput) => boolean;
  readonly header?: (node: KernelInput) => Readonly<Record<string, string>>;
  readonly constants?: (node: KernelInput) => Readonly<Record<string, number>>;
  /** A value for each field of `struct Params`: dims for u32 and i32, numbers for f32. */
  readonly params: (node: KernelInput) => Readonly<Record<string, Dim>>;
  /** Shader name → node name, where they differ. `weight_scales` holds the scales of `weight`. */
  readonly bindings?: Readonly<Record<string, string>>;
  readonly workgroups: (node: KernelInput) => Dim;
}

export interface KernelSpec extends Stage {
  /** True, or the reason for refusing: `needs 9 rows or more`. */
  readonly accepts?: (node: KernelInput) => true | string;
  /** Dispatches that follow. A dispatch with zero workgroups is skipped. */
  readonly after?: readonly Stage[];
  /** Bytes that the stages bind as `workspace`: exclusive while the node runs, shared otherwise. */
  readonly workspace?: (node: KernelInput) => Dim;
}

export interface Kernel extends KernelSpec {
  readonly name: string;
}

export interface BoundValue {
  readonly binding: number;
  readonly access: Access;
  /** Name of the node's input or output; `params` for the uniform; `workspace`. */
  readonly value: string;
  readonly part: 'data' | 'scales';
  readonly segment: number;
}

/** One dispatch of a kernel specialised for one node: everything except the numbers of one step. */
export interface Specialised {
  readonly kernel: string;
  /** Equal keys share a pipeline. */
  readonly key: string;
  readonly code: string;
  readonly constants: Readonly<Record<string, number>>;
  readonly layout: ParamLayout;
  /** In the order of the layout's fields. */
  readonly params: readonly Dim[];
  readonly bindings: readonly BoundValue[];
  /** Bytes of immediates that the shader reads (immediates.ts); absent where it reads none. */
  readonly immediates?: number;
  readonly workgroups: Dim;
}

export function kernel(name: string, spec: KernelSpec): Kernel {
  return { name, ...spec };
}

/** Returns the node's dispatches in order: the kernel's stages, each once per segment of the input that it binds. */
export function specialise(k: Kernel, node: KernelInput): Specialised[] {
  const stages = [k, ...(k.after ?? [])];
  const [part, ...others] = bySegment(node) as [KernelInput, ...KernelInput[]];
  const all = stages.flatMap((stage) => {
    const made = specialiseStage(k.name, stage, part);
    const isCut = made.bindings.some(({ value }) => value === part.segment?.value);
    return isCut ? [made, ...others.map((other) => specialiseStage(k.name, stage, other))] : [made];
  });
  return all.filter(({ workgroups }) => workgroups !== 0);
}

/** Returns the node once per segment of its input. At most one input of an op is that large. */
function bySegment(node: KernelInput): KernelInput[] {
  const [entry] = Object.entries(node.segments ?? {}).filter(([, rows]) => rows.length > 1);
  if (entry === undefined) return [node];
  const [value, heights] = entry;
  const type = typeIn(node, value);
  const rows = heights.reduce((a, b) => a + b, 0);
  let first = 0;
  return heights.map((count, index) => {
    const types = { ...node.types, [value]: { ...type, shape: [count, ...type.shape.slice(1)] } };
    const part = { ...node, types, segment: { value, index, first, rows } };
    first += count;
    return part;
  });
}

const SUBGROUPS = /\bsubgroup[A-Z]\w*\(/;

function specialiseStage(name: string, stage: Stage, node: KernelInput): Specialised {
  const header = stage.header?.(node) ?? {};
  const text = [stage.source, fold, ...(stage.parts?.(node) ?? [])].join('\n');
  const f16 = Object.values(header).includes('f16') || stage.usesF16?.(node) === true;
  const enables = [f16 ? 'enable f16;\n' : '', SUBGROUPS.test(text) ? 'enable subgroups;\n' : ''];
  const code = enables.join('') + withHeader(text, header, name);
  const constants = stage.constants?.(node) ?? {};
  const layout = parseParams(code, name);
  const values = stage.params(node);
  const params = layout.fields.map((field) => {
    const value = values[field.name];
    if (value === undefined || (field.type === 'f32' && !isConstant(value)))
      mismatch(name, field.name, value);
    return value;
  });
  const extra = Object.keys(values).find((value) => !layout.fields.some((f) => f.name === value));
  if (extra !== undefined) mismatch(name, extra, 'a value that the shader does not ask for');
  const bindings = parseBindings(code, name).map(({ binding, name: variable, access }): BoundValue => {
    const part = variable.endsWith('_scales') ? 'scales' : 'data';
    const plain = part === 'scales' ? variable.slice(0, -'_scales'.length) : variable;
    const value = stage.bindings?.[plain] ?? plain;
    const segment = node.segment?.value === value ? node.segment.index : 0;
    return { binding, access, part, value, segment };
  });
  const key = `${JSON.stringify(constants)}\n${code}`;
  const workgroups = stage.workgroups(node);
  return { kernel: name, key, code, constants, layout, params, bindings, workgroups };
}

function mismatch(kernelName: string, name: string, value: unknown): never {
  const message = 'a parameter does not fit struct Params of the shader';
  fail('internal', { who: `kernel ${kernelName}`, where: name, message, got: String(value) });
}

/** The type of an input or output that must be present; inference has checked it. */
export function typeIn(node: KernelInput, name: string): TensorType {
  const type = node.types[name];
  if (type !== undefined) return type;
  fail('internal', { who: `${node.op} ${node.name}`, where: name, message: 'an input is missing' });
}

/** A numeric attribute; `otherwise` where the op makes it optional. */
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

/** A size that the model fixes. */
export function fixed(node: KernelInput, name: string, d: Dim): number {
  if (isConstant(d)) return d;
  fail('internal', { who: `${node.op} ${node.name}`, where: name, message: 'a size is not a number' });
}

/** Header of kernels that only choose the element type of activations. */
export function scalarOf(type: TensorType): { Scalar: string } {
  return { Scalar: type.dtype };
}

/** Refuses f16 activations where the device lacks shader-f16. */
export function needsF16(node: KernelInput, name: string): true | string {
  return typeIn(node, name).dtype !== 'f16' || node.caps.f16 || 'needs shader-f16';
}
