/**
 * What holds for every binding of the symbols within their bounds: bounds of a dim, a ≤ b, a = b.
 * The proofs are sound, not complete: `false` from {@link lessOrEqual} means "not proved".
 * The planner asks here whether one tensor's memory is large enough for another at every length.
 */
import { type Atom, type Dim, equal, isConstant, sub, type Term, termsOf } from './dim.ts';

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** Interval arithmetic over the terms; exact where each symbol occurs once. */
export function bounds(d: Dim): Bounds {
  if (isConstant(d)) return { min: d, max: d };
  let min = 0;
  let max = 0;
  for (const t of termsOf(d)) {
    const b = termBounds(t);
    min += b.min;
    max += b.max;
  }
  return { min, max };
}

/** a ≤ b for every binding, by the bounds of b − a, in which common terms have cancelled. */
export function lessOrEqual(a: Dim, b: Dim): boolean {
  return equal(a, b) || bounds(sub(b, a)).min >= 0;
}

function termBounds(t: Term): Bounds {
  let min = 1;
  let max = 1;
  for (const atom of t.atoms) {
    const b = atomBounds(atom);
    const corners = [min * b.min, min * b.max, max * b.min, max * b.max];
    min = Math.min(...corners);
    max = Math.max(...corners);
  }
  return t.coefficient >= 0
    ? { min: t.coefficient * min, max: t.coefficient * max }
    : { min: t.coefficient * max, max: t.coefficient * min };
}

function atomBounds(atom: Atom): Bounds {
  if (atom.kind === 'symbol') return { min: atom.min, max: atom.max };
  const a = bounds(atom.a);
  const b = bounds(atom.b);
  if (atom.kind === 'min') return { min: Math.min(a.min, b.min), max: Math.min(a.max, b.max) };
  if (atom.kind === 'max') return { min: Math.max(a.min, b.min), max: Math.max(a.max, b.max) };
  const low = Math.max(1, b.min); // divisors are ≥ 1 (see dim.ts)
  const quotients = [a.min / low, a.min / b.max, a.max / low, a.max / b.max].map(Math.floor);
  return { min: Math.min(...quotients), max: Math.max(...quotients) };
}
