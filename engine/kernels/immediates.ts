/**
 * A form of dispatches in which parameters are immediates: numbers that a pass sets once, in place of a uniform buffer
 * that every step writes. All dispatches of a pass see the same words, so equal parameters share one. The shader's text
 * is changed: these fields leave `struct Params`, and `params.name` becomes a word of `var<immediate>`.
 * Source: WGSL, address space `immediate`; WebGPU, `setImmediates`.
 */
import { type Dim, isConstant, print } from '../symbolic/dim.ts';
import type { Specialised } from './kernel.ts';
import { type ParamField, parseParams } from './shader.ts';

/** Words of 4 bytes that every device with immediates has (`maxImmediateSize` is 64 at least). */
export const IMMEDIATE_WORDS = 16;

export interface WithImmediates {
  readonly steps: readonly Specialised[];
  /** The value of each word, with the type in which shaders read it. */
  readonly words: readonly ImmediateWord[];
}

export interface ImmediateWord {
  readonly type: ParamField['type'];
  readonly value: Dim;
}

/**
 * Passes what changes from step to step as immediates; with `all` also constants, for tests of single nodes. Undefined
 * where that is more than {@link IMMEDIATE_WORDS}.
 */
export function withImmediates(steps: readonly Specialised[], all = false): WithImmediates | undefined {
  const words: ImmediateWord[] = [];
  const indices = new Map<string, number>();
  const wordOf = (type: ParamField['type'], value: Dim): number => {
    const key = `${type} ${print(value)}`;
    const index = indices.get(key) ?? words.push({ type, value }) - 1;
    indices.set(key, index);
    return index;
  };
  const changed = steps.map((step) => {
    const moved = new Map<string, number>();
    step.layout.fields.forEach(({ name, type }, i) => {
      const value = step.params[i] as Dim;
      if (all || !isConstant(value)) moved.set(name, wordOf(type, value));
    });
    return moved.size === 0 ? step : moveParams(step, moved);
  });
  return words.length > IMMEDIATE_WORDS ? undefined : { steps: changed, words };
}

/** `moved`: the word of each field that becomes an immediate. */
function moveParams(step: Specialised, moved: ReadonlyMap<string, number>): Specialised {
  const { fields } = step.layout;
  const isLeft = ({ name }: ParamField) => !moved.has(name);
  const types = new Map(fields.map(({ name, type }) => [name, type]));
  const count = Math.max(...moved.values()) + 1;
  const members = Array.from({ length: count }, (_, i) => `  w${i}: u32,\n`).join('');
  const left = fields.filter(isLeft);
  const body = left.map(({ name, type }) => `  ${name}: ${type},\n`).join('');
  const struct = left.length === 0 ? '' : `struct Params {\n${body}}`;
  let code = step.code
    .replace(
      /struct Params \{[^}]*\}/,
      `${struct}\nstruct Immediates {\n${members}}\nvar<immediate> immediates: Immediates;`,
    )
    .replace(/\bparams\.(\w+)/g, (text, name: string) => {
      const word = moved.get(name);
      if (word === undefined) return text;
      const type = types.get(name) as ParamField['type'];
      return type === 'u32' ? `immediates.w${word}` : `bitcast<${type}>(immediates.w${word})`;
    });
  if (left.length === 0)
    code = code.replace(/^@group\(0\) @binding\(\d+\) var<uniform> params: Params;$/m, '');
  return {
    ...step,
    code,
    key: step.key.slice(0, step.key.length - step.code.length) + code,
    layout: left.length === 0 ? { fields: [], size: 0 } : parseParams(code, step.kernel),
    params: step.params.filter((_, i) => isLeft(fields[i] as ParamField)),
    bindings: left.length === 0 ? step.bindings.filter(({ value }) => value !== 'params') : step.bindings,
    immediates: count * 4,
  };
}
