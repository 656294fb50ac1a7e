/** For tests: inputs of a product whose columns depend on each other, and the error that changed weights make. */

/** f32[rows, k]: mixtures of few sources, with a little noise, some columns much larger than others. */
export function correlatedInputs(random: () => number, rows: number, k: number): Float32Array {
  const sources = Math.max(2, Math.floor(k / 4));
  const mix = Float32Array.from({ length: sources * k }, () => random() - 0.5);
  const size = Float32Array.from({ length: k }, () => (random() < 0.05 ? 8 : 0.5 + random()));
  const x = new Float32Array(rows * k);
  for (let row = 0; row < rows; row++) {
    const drawn = Array.from({ length: sources }, () => random() + random() - 1);
    for (let i = 0; i < k; i++) {
      let sum = 0.1 * (random() - 0.5);
      for (let s = 0; s < sources; s++) sum += (drawn[s] as number) * (mix[s * k + i] as number);
      x[row * k + i] = sum * (size[i] as number);
    }
  }
  return x;
}

/** Σ (x·(a − b))² over all rows of x f32[…, k] and of a and b f32[…, k]. */
export function outputError(x: Float32Array, a: Float32Array, b: Float32Array, k: number): number {
  let error = 0;
  for (let row = 0; row < a.length; row += k) {
    for (let at = 0; at < x.length; at += k) {
      let sum = 0;
      for (let i = 0; i < k; i++) {
        sum += (x[at + i] as number) * ((a[row + i] as number) - (b[row + i] as number));
      }
      error += sum * sum;
    }
  }
  return error;
}
