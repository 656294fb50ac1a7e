/**
 * Keys and values in 8 bits: each head of a row is signed bytes and one scale, its largest magnitude a:
 * x ≈ a·n/127, n = ⌊127·x/a + ½⌋. Four bytes to a word, the first in the lowest bits, as WGSL's `pack4x8snorm` has
 * them; behind the words of a head one more with a as f32. A half would do for a, but two workgroups would write
 * into one word. Symmetric, since keys and values are spread around 0.
 */

/** Words of one head of `width` numbers, a multiple of 4. */
export function kv8Words(width: number): number {
  return width / 4 + 1;
}

/** Head after head. Numbers beyond ±3.4e38 have no scale and are not for this. */
export function packKv8(numbers: Float32Array, width: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array((numbers.length / width) * kv8Words(width));
  const bytes = new Int8Array(words.buffer);
  const scales = new Float32Array(words.buffer);
  for (let head = 0; head * width < numbers.length; head++) {
    const part = numbers.subarray(head * width, (head + 1) * width);
    const peak = part.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    const first = head * kv8Words(width);
    part.forEach((x, i) => {
      bytes[4 * first + i] = peak === 0 ? 0 : Math.floor((127 * x) / peak + 0.5);
    });
    scales[first + width / 4] = peak;
  }
  return words;
}

/** The numbers that the words stand for. */
export function unpackKv8(words: Uint32Array, width: number): Float32Array<ArrayBuffer> {
  const bytes = new Int8Array(words.buffer, words.byteOffset, words.length * 4);
  const scales = new Float32Array(words.buffer, words.byteOffset, words.length);
  const heads = words.length / kv8Words(width);
  return Float32Array.from({ length: heads * width }, (_, i) => {
    const first = Math.floor(i / width) * kv8Words(width);
    return ((bytes[4 * first + (i % width)] as number) / 127) * (scales[first + width / 4] as number);
  });
}
