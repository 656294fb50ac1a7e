/** Whether a second model has room on the GPU beside the one that answers. Pure. */

const GiB = 2 ** 30;
/** Bytes of an embedder that are lost in the rest: all-MiniLM-L6-v2 has 26 MB, the cache of a small model ten times that. */
const LITTLE = 64 * 2 ** 20;
/** Share of the memory above which browsers end pages (app/catalogue/fit.ts), and below which other programs are not slowed down. */
const MOST = 0.6;
const EASY = 0.35;
/** Bytes of both that any device holds. */
const MODEST = 1e9;
/** What a run of 512 tokens takes beside the weights. */
const RUN = 1.3;

/** `bytes`: of its weights; `taken`: bytes on the GPU already; `memoryGiB`: of the device, undefined if the browser does not say. */
export function hasRoomBeside(bytes: number, taken: number, memoryGiB: number | undefined): boolean {
  const both = taken + bytes * RUN;
  const isLittle = bytes <= LITTLE;
  if (memoryGiB === undefined) return isLittle || both <= MODEST;
  return both <= memoryGiB * GiB * (isLittle ? MOST : EASY);
}
