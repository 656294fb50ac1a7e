/**
 * Narrows the bounds of symbols in dims. One graph serves every length, and a program made for S = 1 or S = 2…8 can use
 * these bounds. A symbol with one possible value becomes that number.
 */
import { add, type Dim, floordiv, isConstant, max, min, mul, symbol } from '../symbolic/dim.ts';
import type { Attribute } from '../tensor/signature.ts';
import type { KernelInput } from './kernel.ts';

export type DimRanges = Readonly<Record<string, { readonly min: number; readonly max: number }>>;

const FUNCTIONS = { floordiv, min, max } as const;

export function bindDim(d: Dim, ranges: DimRanges): Dim {
  if (isConstant(d)) return d;
  const terms = d.terms.map((term) =>
    mul(
      term.coefficient,
      ...term.atoms.map((atom) => {
        if (atom.kind !== 'symbol') {
          return FUNCTIONS[atom.kind](bindDim(atom.a, ranges), bindDim(atom.b, ranges));
        }
        const range = ranges[atom.name] ?? atom;
        if (range.min === range.max) return range.min;
        return symbol(atom.name, { min: range.min, max: range.max, multipleOf: atom.multipleOf });
      }),
    ),
  );
  return add(...terms);
}

/** Narrows all dims of a node. */
export function bindInput(node: KernelInput, ranges: DimRanges): KernelInput {
  const values = <A, B>(record: Readonly<Record<string, A>>, f: (a: A) => B) =>
    Object.fromEntries(Object.entries(record).map(([name, a]) => [name, f(a)]));
  return {
    ...node,
    types: values(node.types, (t) => ({ ...t, shape: t.shape.map((d) => bindDim(d, ranges)) })),
    attributes: values(node.attributes, (a: Attribute) => (typeof a === 'object' ? bindDim(a, ranges) : a)),
    rows: values(node.rows, (d) => bindDim(d, ranges)),
  };
}
