/**
 * Symbolic integer expressions: the sizes of tensors before a length is known.
 *
 * A dim is a plain number or a polynomial over atoms, kept in one canonical form, so that equal
 * expressions print equally and compare by {@link equal}. Atoms are declared symbols (with bounds)
 * and the three functions that polynomials cannot express: floor division, min and max.
 * Every dim is a non-negative integer for every allowed binding of its symbols; that is an
 * assumption of the rules in `relate.ts`, checked when a dim is evaluated.
 *
 * Not here: proofs about all bindings (`relate.ts`), evaluation (`evaluate.ts`).
 * Idea: Transformer-Lite (arXiv 2403.20041, section 3.1); tinygrad `uop/symbolic.py`.
 */
import { fail, invariant } from '../base/errors.ts';

/** A named unknown with what is promised about it. `multipleOf` defaults to 1. */
export interface SymbolAtom {
  readonly kind: 'symbol';
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly multipleOf: number;
}

export interface FunctionAtom {
  readonly kind: 'floordiv' | 'min' | 'max';
  readonly a: Dim;
  readonly b: Dim;
}

export type Atom = SymbolAtom | FunctionAtom;

/** `coefficient · Π atoms`; atoms sorted by key, repeated for powers. */
export interface Term {
  readonly coefficient: number;
  readonly atoms: readonly Atom[];
}

/** A sum of terms, sorted by key, no zero coefficients, never a mere constant. */
export interface Poly {
  readonly terms: readonly Term[];
}

export type Dim = number | Poly;

export function symbol(name: string, bounds: { min: number; max: number; multipleOf?: number }): Poly {
  const { min, max, multipleOf = 1 } = bounds;
  const sound =
    [min, max, multipleOf].every(Number.isSafeInteger) && 0 <= min && min <= max && multipleOf >= 1;
  if (!sound) {
    fail('internal', {
      who: `symbol ${name}`,
      message: 'bounds must be integers with 0 ≤ min ≤ max',
      got: `${min}…${max}`,
    });
  }
  return ofAtom({ kind: 'symbol', name, min, max, multipleOf });
}

export function isConstant(d: Dim): d is number {
  return typeof d === 'number';
}

export function add(...dims: readonly Dim[]): Dim {
  return collect(dims.flatMap(termsOf));
}

export function sub(a: Dim, b: Dim): Dim {
  return add(a, mul(-1, b));
}

export function mul(...dims: readonly Dim[]): Dim {
  let product: readonly Term[] = [{ coefficient: 1, atoms: [] }];
  for (const d of dims) {
    const factor = termsOf(d);
    product = product.flatMap((p) =>
      factor.map((f) => ({
        coefficient: p.coefficient * f.coefficient,
        atoms: [...p.atoms, ...f.atoms].sort(byAtomKey),
      })),
    );
  }
  return collect(product);
}

/** ⌊a / b⌋ for b ≥ 1. */
export function floordiv(a: Dim, b: Dim): Dim {
  if (b === 1) return a; //                                          x / 1 = x
  if (isConstant(a) && isConstant(b)) return Math.floor(a / b); //    both known
  if (equal(a, b)) return 1; //                                       x / x = 1, x ≥ 1
  if (isConstant(b)) {
    invariant(b > 0, 'floordiv', 'the divisor must be positive');
    // (b·q + r) / b = q + r / b: the terms whose coefficients b divides leave the fraction.
    const whole = termsOf(a).filter((t) => divides(b, t));
    const rest = termsOf(a).filter((t) => !divides(b, t));
    const q = collect(whole.map((t) => divideTerm(t, b)));
    if (rest.length === 0) return q;
    const r = collect(rest);
    if (isConstant(r)) return r >= 0 && r < b ? q : add(q, Math.floor(r / b)); // constant remainder
    if (whole.length > 0) return add(q, ofAtom({ kind: 'floordiv', a: r, b }));
  }
  return ofAtom({ kind: 'floordiv', a, b });
}

/** ⌈a / b⌉ = ⌊(a + b − 1) / b⌋. */
export function ceildiv(a: Dim, b: Dim): Dim {
  return floordiv(add(a, b, -1), b);
}

/** The smallest multiple of `b` that is not below `a`. */
export function roundUp(a: Dim, b: number): Dim {
  return mul(ceildiv(a, b), b);
}

export function min(a: Dim, b: Dim): Dim {
  if (isConstant(a) && isConstant(b)) return Math.min(a, b);
  if (equal(a, b)) return a; //                                       min(x, x) = x
  return ofAtom({ kind: 'min', ...ordered(a, b) });
}

export function max(a: Dim, b: Dim): Dim {
  if (isConstant(a) && isConstant(b)) return Math.max(a, b);
  if (equal(a, b)) return a; //                                       max(x, x) = x
  return ofAtom({ kind: 'max', ...ordered(a, b) });
}

export function product(dims: readonly Dim[]): Dim {
  return mul(...dims);
}

/** Same expression, hence same value for every binding. (Different ones may still be equal.) */
export function equal(a: Dim, b: Dim): boolean {
  return a === b || print(a) === print(b);
}

/** The symbols that occur in a dim, each once, by name. */
export function symbolsOf(d: Dim, into = new Map<string, SymbolAtom>()): Map<string, SymbolAtom> {
  for (const term of termsOf(d)) {
    for (const atom of term.atoms) {
      if (atom.kind === 'symbol') into.set(atom.name, atom);
      else {
        symbolsOf(atom.a, into);
        symbolsOf(atom.b, into);
      }
    }
  }
  return into;
}

/** Text form, also the canonical key: `64*S`, `P + S`, `floor((P + S + 63) / 64)`. */
export function print(d: Dim): string {
  if (isConstant(d)) return String(d);
  const parts = d.terms.map(printTerm);
  return parts.reduce((sum, p) => (p.startsWith('-') ? `${sum} - ${p.slice(1)}` : `${sum} + ${p}`));
}

export function termsOf(d: Dim): readonly Term[] {
  if (!isConstant(d)) return d.terms;
  return d === 0 ? [] : [{ coefficient: d, atoms: [] }];
}

function printTerm(t: Term): string {
  if (t.atoms.length === 0) return String(t.coefficient);
  const atoms = t.atoms.map(printAtom).join('*');
  if (t.coefficient === 1) return atoms;
  return t.coefficient === -1 ? `-${atoms}` : `${t.coefficient}*${atoms}`;
}

function printAtom(a: Atom): string {
  if (a.kind === 'symbol') return a.name;
  if (a.kind === 'floordiv') return `floor((${print(a.a)}) / (${print(a.b)}))`;
  return `${a.kind}(${print(a.a)}, ${print(a.b)})`;
}

function ofAtom(atom: Atom): Poly {
  return { terms: [{ coefficient: 1, atoms: [atom] }] };
}

function byAtomKey(a: Atom, b: Atom): number {
  const x = printAtom(a);
  const y = printAtom(b);
  return x < y ? -1 : x > y ? 1 : 0;
}

function ordered(a: Dim, b: Dim): { a: Dim; b: Dim } {
  return print(a) <= print(b) ? { a, b } : { a: b, b: a };
}

/** Whether b divides the term for every binding: by its coefficient and its symbols' multiples. */
function divides(b: number, t: Term): boolean {
  return t.coefficient % b === 0;
}

function divideTerm(t: Term, b: number): Term {
  return { coefficient: t.coefficient / b, atoms: t.atoms };
}

/** Adds like terms, drops zeros, sorts; the canonical form of a sum. */
function collect(terms: readonly Term[]): Dim {
  const sums = new Map<string, Term>();
  for (const t of terms) {
    const key = t.atoms.map(printAtom).join('*');
    const before = sums.get(key)?.coefficient ?? 0;
    sums.set(key, { coefficient: before + t.coefficient, atoms: t.atoms });
  }
  const kept = [...sums.entries()].filter(([, t]) => t.coefficient !== 0);
  if (kept.length === 0) return 0;
  kept.sort(([x], [y]) => (x === '' ? 1 : y === '' ? -1 : x < y ? -1 : x > y ? 1 : 0)); // constants last
  const [first] = kept;
  if (kept.length === 1 && first !== undefined && first[1].atoms.length === 0) return first[1].coefficient;
  return { terms: kept.map(([, t]) => t) };
}
