/**
 * A generator of random numbers that gives the same sequence for the same seed on every machine: sfc32 by Chris
 * Doty-Humphrey (public domain), 32-bit integer operations only.
 */
export type Random = () => number;

/** Uniform in [0, 1), in steps of 2^-32. Only the seed's low 53 bits count. */
export function seededRandom(seed: number): Random {
  const whole = Math.floor(Math.abs(seed));
  let a = 0x9e3779b9 | 0;
  let b = (whole % 2 ** 32) | 0;
  let c = Math.floor(whole / 2 ** 32) | 0;
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // Close seeds begin with close states; these rounds drive them apart.
  for (let i = 0; i < 15; i++) next();
  return next;
}
