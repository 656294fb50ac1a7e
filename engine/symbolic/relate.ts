/**
 * Facts that hold for every binding of the symbols within their bounds: the bounds of a dim, a ≤ b, the larger
 * of two dims. The proofs are sound but not complete: `false` from {@link lessOrEqual} means "not proved".
 * The memory planner uses them to check that one tensor's memory is large enough for another at every length.
 */
import {
  type Atom,
  type Dim,
  equal,
  type FunctionAtom,
  isConstant,
  max,
  sub,
  type Term,
  termsOf,
} from './dim.ts';

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** Interval arithmetic over the terms. Exact where each symbol occurs once. */
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

/** Whether a ≤ b is proved for every binding. */
export function lessOrEqual(a: Dim, b: Dim): boolean {
  if (equal(a, b)) return true; //                                                     x ≤ x
  if (bounds(sub(b, a)).min >= 0) return true; //                                      0 ≤ b − a, like terms cancelled
  const [f, g] = [onlyFunctionAtom(a), onlyFunctionAtom(b)];
  if (f?.kind === 'max') return lessOrEqual(f.a, b) && lessOrEqual(f.b, b); //         max(x, y) ≤ b: both are
  if (g?.kind === 'min') return lessOrEqual(a, g.a) && lessOrEqual(a, g.b); //         a ≤ min(x, y): a ≤ both
  if (f?.kind === 'min' && (lessOrEqual(f.a, b) || lessOrEqual(f.b, b))) return true; // min(x, y) ≤ b: one is
  if (g?.kind === 'max') return lessOrEqual(a, g.a) || lessOrEqual(a, g.b); //         a ≤ max(x, y): a ≤ one
  return false;
}

/** The larger of two dims at every binding: one of them where that is proved, else `max(a, b)`. */
export function largest(a: Dim, b: Dim): Dim {
  if (lessOrEqual(a, b)) return b;
  return lessOrEqual(b, a) ? a : max(a, b);
}

/** The function atom of a dim that consists of exactly one; undefined for any other dim. */
function onlyFunctionAtom(d: Dim): FunctionAtom | undefined {
  const [term] = termsOf(d);
  const [atom] = term?.atoms ?? [];
  const single = !isConstant(d) && d.terms.length === 1 && term?.coefficient === 1 && term.atoms.length === 1;
  return single && atom !== undefined && atom.kind !== 'symbol' ? atom : undefined;
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
  if (atom.kind === 'symbol') {
    const step = atom.multipleOf;
    return { min: Math.ceil(atom.min / step) * step, max: Math.floor(atom.max / step) * step };
  }
  const a = bounds(atom.a);
  const b = bounds(atom.b);
  if (atom.kind === 'min') return { min: Math.min(a.min, b.min), max: Math.min(a.max, b.max) };
  if (atom.kind === 'max') return { min: Math.max(a.min, b.min), max: Math.max(a.max, b.max) };
  const low = Math.max(1, b.min); // divisors are ≥ 1 (see dim.ts)
  const high = Math.max(low, b.max);
  const quotients = [a.min / low, a.min / high, a.max / low, a.max / high].map(Math.floor);
  return { min: Math.min(...quotients), max: Math.max(...quotients) };
}
