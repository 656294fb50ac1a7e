/**
 * Symbolic integer expressions: tensor sizes before a length is known.
 *
 * A dim is a plain number or a polynomial over atoms. It is kept in one canonical form, so equal
 * expressions print equally and compare by {@link equal}. Atoms are declared symbols (with bounds)
 * and the three functions that polynomials cannot express: floor division, min and max.
 * The rules hold for all integers, including negative ones. A divisor must be 1 or more for every allowed
 * binding: {@link floordiv} checks numbers, `evaluate` checks the rest.
 *
 * Not here: proofs about all bindings (`relate.ts`), evaluation (`evaluate.ts`).
 * Idea: Transformer-Lite (arXiv 2403.20041, section 3.1); tinygrad `uop/symbolic.py`.
 */
import { fail, invariant } from '../base/errors.ts';

/** A named unknown with its guaranteed bounds and divisor. `multipleOf` defaults to 1. */
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

/** A sum of terms, sorted by key, without zero coefficients. Never a single constant. */
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
  if (b === 1) return a; //                                       ⌊x / 1⌋ = x
  if (a === 0) return 0; //                                       ⌊0 / x⌋ = 0
  if (isConstant(b)) return divideByNumber(a, b);
  if (equal(a, b)) return 1; //                                   ⌊x / x⌋ = 1
  return ofAtom({ kind: 'floordiv', a, b });
}

function divideByNumber(a: Dim, b: number): Dim {
  invariant(Number.isInteger(b) && b >= 1, 'floordiv', 'the divisor must be 1 or more');
  if (isConstant(a)) return Math.floor(a / b);
  const whole = a.terms.filter((t) => t.coefficient % b === 0);
  const exact = a.terms.filter((t) => t.coefficient % b !== 0 && multipleOf(t) % b === 0);
  const rest = collect(a.terms.filter((t) => multipleOf(t) % b !== 0));
  if (whole.length + exact.length === 0) return divideRest(rest, b);
  // ⌊(b·q + r) / b⌋ = q + ⌊r / b⌋: terms that b divides for every binding move out of the fraction.
  return add(
    collect(whole.map((t) => scaled(t, b))),
    ...exact.map((t) => divideRest(collect([t]), b)),
    divideRest(rest, b),
  );
}

/** ⌊a / b⌋ where no term can be moved out of the fraction any more. */
function divideRest(a: Dim, b: number): Dim {
  if (isConstant(a)) return Math.floor(a / b);
  const varying = a.terms.filter((t) => t.atoms.length > 0);
  const fixed = a.terms.find((t) => t.atoms.length === 0)?.coefficient ?? 0;
  const g = varying.reduce((n, t) => gcd(n, t.coefficient), b);
  if (g > 1) {
    // ⌊(g·x + c) / (g·b)⌋ = ⌊(x + ⌊c / g⌋) / b⌋
    return floordiv(add(collect(varying.map((t) => scaled(t, g))), Math.floor(fixed / g)), b / g);
  }
  const [only] = varying;
  const inner = varying.length === 1 && only?.atoms.length === 1 ? only.atoms[0] : undefined;
  if (inner?.kind === 'floordiv' && only?.coefficient === 1 && isConstant(inner.b)) {
    // ⌊(⌊x / m⌋ + c) / b⌋ = ⌊(x + c·m) / (m·b)⌋
    return floordiv(add(inner.a, fixed * inner.b), inner.b * b);
  }
  return ofAtom({ kind: 'floordiv', a, b });
}

/** ⌈a / b⌉ = ⌊(a + b − 1) / b⌋. */
export function ceildiv(a: Dim, b: Dim): Dim {
  return floordiv(add(a, b, -1), b);
}

/** The smallest multiple of `b` that is at least `a`. */
export function roundUp(a: Dim, b: number): Dim {
  if (termsOf(a).every((t) => multipleOf(t) % b === 0)) return a; // already a multiple
  return mul(ceildiv(a, b), b);
}

export function min(a: Dim, b: Dim): Dim {
  if (isConstant(a) && isConstant(b)) return Math.min(a, b);
  if (equal(a, b)) return a; //                                   min(x, x) = x
  return ofAtom({ kind: 'min', ...ordered(a, b) });
}

export function max(a: Dim, b: Dim): Dim {
  if (isConstant(a) && isConstant(b)) return Math.max(a, b);
  if (equal(a, b)) return a; //                                   max(x, x) = x
  return ofAtom({ kind: 'max', ...ordered(a, b) });
}

export function product(dims: readonly Dim[]): Dim {
  return mul(...dims);
}

/** True for the same expression, which has the same value for every binding. False does not prove inequality. */
export function equal(a: Dim, b: Dim): boolean {
  return a === b || print(a) === print(b);
}

/** The symbols that occur in a dim, keyed by name. */
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

/** Text form, also the canonical key: `64*S`, `P + S`, `floor((P + S + 63) / (64))`. */
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

/** A number that divides the term for every binding: its coefficient times the `multipleOf` of its symbols. */
function multipleOf(t: Term): number {
  return t.atoms.reduce((n, atom) => (atom.kind === 'symbol' ? n * atom.multipleOf : n), t.coefficient);
}

/** The term divided by a divisor of its coefficient. */
function scaled(t: Term, divisor: number): Term {
  return { coefficient: t.coefficient / divisor, atoms: t.atoms };
}

function gcd(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : gcd(b, a % b);
}

/** Adds like terms, drops zeros and sorts: the canonical form of a sum. */
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
