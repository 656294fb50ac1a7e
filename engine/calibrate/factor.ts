/**
 * What the inputs of a product say about its weights: XᵀX, and its triangular factor.
 *
 * Rounding a row w of weights to q changes the product's outputs by Σ (x·(w − q))² = (w − q)·XᵀX·(w − q). With XᵀX = R·Rᵀ
 * and R upper triangular this is Σ over i of R_ii² · (t_i − q_i)², where t_i = w_i + Σ over j < i of (w_j − q_j)·R_ji / R_ii.
 * So if columns are rounded in order, each to the value nearest to its target t_i, every column takes up the errors of
 * those before it, and R_ii² is what an error of column i costs. This is GPTQ (arXiv 2210.17323), which states it by the
 * Cholesky factor of the inverse, and the nearest plane algorithm of Babai; no inverse is needed in this form.
 *
 * Not here: choosing scales and rounding (`sweep.ts`), the same on a GPU (`gpu/`).
 */
import { invariant } from '../base/errors.ts';

/** Added to the diagonal of XᵀX, as a fraction of its mean: inputs that never occur together must not decide. */
export const DAMPING = 0.01;

/** Adds XᵀX of x f32[rows, k] to `sum` f64[k, k]; only the upper triangle is kept. */
export function addOuter(sum: Float64Array, x: ArrayLike<number>, k: number): void {
  for (let row = 0; row < x.length; row += k) {
    for (let i = 0; i < k; i++) {
      const xi = x[row + i] as number;
      if (xi === 0) continue;
      const at = i * k;
      for (let j = i; j < k; j++) sum[at + j] = (sum[at + j] as number) + xi * (x[row + j] as number);
    }
  }
}

/**
 * Returns R f32[k, k], upper triangular, of XᵀX + damping = R·Rᵀ. `sum` f64[k, k] has the upper triangle of XᵀX. Inputs that
 * are all zero count as independent of each other. Throws `internal` if a number is not finite.
 */
export function factorOf(sum: Float64Array, k: number, damping = DAMPING): Float32Array {
  let trace = 0;
  for (let i = 0; i < k; i++) trace += sum[i * k + i] as number;
  invariant(Number.isFinite(trace), 'calibration', 'the inputs of a product are not finite');
  const added = trace === 0 ? 1 : (damping * trace) / k;
  const r = sum.slice();
  for (let i = 0; i < k; i++) r[i * k + i] = (r[i * k + i] as number) + added;
  for (let i = k - 1; i >= 0; i--) {
    const own = i * k;
    // What later columns explain is taken off, so that a pivot is at least the damping, but for rounding.
    const pivot = Math.sqrt(Math.max((r[own + i] as number) - dot(r, own, own, i + 1, k), added / 2));
    r[own + i] = pivot;
    for (let j = 0; j < i; j++) {
      const at = j * k;
      r[at + i] = ((r[at + i] as number) - dot(r, at, own, i + 1, k)) / pivot;
    }
  }
  for (let i = 1; i < k; i++) r.fill(0, i * k, i * k + i);
  return Float32Array.from(r);
}

function dot(r: Float64Array, a: number, b: number, from: number, to: number): number {
  let sum = 0;
  for (let m = from; m < to; m++) sum += (r[a + m] as number) * (r[b + m] as number);
  return sum;
}
