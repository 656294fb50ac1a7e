/**
 * Keys and values in 8 bits. Each head of a row is stored as signed bytes n and one scale a, the head's largest
 * magnitude: x ≈ a·n/127, n = ⌊127·x/a + ½⌋. A word holds four bytes, the first in the lowest bits, as WGSL's
 * `pack4x8snorm` packs them. One more word after a head's bytes holds a as f32: a half would be precise enough, but
 * then two workgroups would write to one word. The format is symmetric because keys and values are spread around 0.
 */

/** Number of u32 words of one head of `width` numbers; `width` is a multiple of 4. */
export function kv8Words(width: number): number {
  return width / 4 + 1;
}

/** f32[heads, width] to u32[heads, width / 4 + 1]. All numbers must be finite. */
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

/** u32[heads, width / 4 + 1] to the f32[heads, width] that the words encode. */
export function unpackKv8(words: Uint32Array, width: number): Float32Array<ArrayBuffer> {
  const bytes = new Int8Array(words.buffer, words.byteOffset, words.length * 4);
  const scales = new Float32Array(words.buffer, words.byteOffset, words.length);
  const heads = words.length / kv8Words(width);
  return Float32Array.from({ length: heads * width }, (_, i) => {
    const first = Math.floor(i / width) * kv8Words(width);
    return ((bytes[4 * first + (i % width)] as number) / 127) * (scales[first + width / 4] as number);
  });
}
