/**
 * Evaluates dims: once (`evaluate`), or compiled for a step that runs once per token (`compileDims`).
 * A compiled program allocates nothing when it runs.
 */
import { fail, invariant } from '../base/errors.ts';
import { type Atom, type Dim, isConstant, symbolsOf, termsOf } from './dim.ts';

export type Binding = Readonly<Record<string, number>>;

/** Returns the value of a dim. Throws for a symbol that is missing or out of bounds, and for a divisor below 1. */
export function evaluate(d: Dim, binding: Binding): number {
  if (isConstant(d)) return d;
  let sum = 0;
  for (const term of termsOf(d)) {
    let value = term.coefficient;
    for (const atom of term.atoms) value *= evaluateAtom(atom, binding);
    sum += value;
  }
  return sum;
}

function evaluateAtom(atom: Atom, binding: Binding): number {
  if (atom.kind === 'symbol') return bound(atom, binding);
  const a = evaluate(atom.a, binding);
  const b = evaluate(atom.b, binding);
  if (atom.kind === 'floordiv') {
    invariant(b >= 1, 'evaluate', 'a divisor is below 1');
    return Math.floor(a / b);
  }
  return atom.kind === 'min' ? Math.min(a, b) : Math.max(a, b);
}

function bound(atom: Extract<Atom, { kind: 'symbol' }>, binding: Binding): number {
  const value = binding[atom.name];
  if (value === undefined || value < atom.min || value > atom.max || value % atom.multipleOf !== 0) {
    fail('internal', {
      who: 'evaluate',
      where: `symbol ${atom.name}`,
      message: 'a symbol was bound outside its declared range',
      expected: `${atom.min}…${atom.max}${atom.multipleOf > 1 ? `, multiple of ${atom.multipleOf}` : ''}`,
      got: value === undefined ? 'nothing' : value,
    });
  }
  return value;
}

/** Dims compiled for repeated evaluation. */
export interface CompiledDims {
  readonly length: number;
  /** `values[i]` is the value of `symbols[i]`; writes one number per dim to `out`. Allocates nothing. */
  run(values: ArrayLike<number>, out: { [index: number]: number }): void;
}

/**
 * Compiles dims to a flat list of stack instructions. Avoids `new Function`, which a strict content
 * security policy forbids.
 */
export function compileDims(dims: readonly Dim[], symbols: readonly string[]): CompiledDims {
  const code: number[] = [];
  let depth = 0;
  for (const d of dims) {
    for (const name of symbolsOf(d).keys()) {
      invariant(symbols.includes(name), 'compileDims', `symbol ${name} is not among the arguments`);
    }
    depth = Math.max(depth, emit(d, symbols, code));
    code.push(Code.store, 0);
  }
  const program = Float64Array.from(code); // f64: a coefficient in bytes may exceed 2^31
  const stack = new Float64Array(depth + 2); // f64: products of sizes may exceed 2^31 before a division
  return {
    length: dims.length,
    run(values, out) {
      let top = 0;
      let next = 0;
      for (let i = 0; i < program.length; i += 2) {
        const argument = program[i + 1] as number;
        switch (program[i]) {
          case Code.constant:
            stack[top++] = argument;
            break;
          case Code.symbol:
            stack[top++] = values[argument] as number;
            break;
          case Code.store:
            out[next++] = stack[--top] as number;
            break;
          default: {
            const b = stack[--top] as number;
            const a = stack[--top] as number;
            stack[top++] = apply(program[i] as number, a, b);
          }
        }
      }
    },
  };
}

const Code = { constant: 0, symbol: 1, store: 2, add: 3, mul: 4, floordiv: 5, min: 6, max: 7 } as const;

function apply(code: number, a: number, b: number): number {
  if (code === Code.add) return a + b;
  if (code === Code.mul) return a * b;
  if (code === Code.floordiv) return Math.floor(a / b);
  return code === Code.min ? Math.min(a, b) : Math.max(a, b);
}

/** Appends code that pushes the value of `d`; returns the stack depth it needs. */
function emit(d: Dim, symbols: readonly string[], code: number[]): number {
  const terms = termsOf(d);
  if (terms.length === 0) {
    code.push(Code.constant, 0);
    return 1;
  }
  let depth = 1;
  terms.forEach((term, i) => {
    code.push(Code.constant, term.coefficient);
    for (const atom of term.atoms) {
      depth = Math.max(depth, 2 + emitAtom(atom, symbols, code));
      code.push(Code.mul, 0);
    }
    if (i > 0) code.push(Code.add, 0);
  });
  return depth + 1;
}

function emitAtom(atom: Atom, symbols: readonly string[], code: number[]): number {
  if (atom.kind === 'symbol') {
    code.push(Code.symbol, symbols.indexOf(atom.name));
    return 1;
  }
  const depth = Math.max(emit(atom.a, symbols, code), 1 + emit(atom.b, symbols, code));
  code.push(Code[atom.kind], 0);
  return depth;
}
