/** Packing as a model offers it: the needle test once, then texts. */
import { EngineError, isAborted } from '../../base/errors.ts';
import { commonPrefix } from '../../kv/cache.ts';
import { shareOf } from '../../kv/packed.ts';
import type { Branches } from '../../kv/branches.ts';
import type { PackingCache } from '../adapters/stored-packing.ts';
import type { ModelText } from '../text.ts';
import type { Reading } from '../read-prompt.ts';
import type { NeedleTest, PackResult, Prompt } from '../types.ts';
import { needleTest } from './needles.ts';
import { packRows, worthOf } from './pack.ts';

/** Shorter texts are left as they are: dropping rows would gain little. */
const FEWEST_TOKENS = 256;
/** A branch of the needle test; nothing of it stays. */
const BRANCH = 'needles';

export interface PackingParts extends Reading {
  readonly branches: Branches;
  readonly text: ModelText;
  /** What the result of the test depends on. */
  readonly key: string;
  readonly tested: PackingCache | undefined;
  readonly onTested?: ((test: NeedleTest) => void) | undefined;
}

/** Packs what a prompt shares with another one, in a branch that has read it; see `LoadedModel.pack`. */
export async function packPrompt(
  parts: PackingParts,
  prompt: Prompt,
  shared: Prompt,
  branch: string,
  signal: AbortSignal,
): Promise<PackResult> {
  const { runtime, cache, branches, text } = parts;
  const { packer } = runtime;
  const ids = text.encode(prompt);
  // A prompt that ends with the packed text still has a token to run.
  const tokens = Math.min(commonPrefix(ids, text.encode(shared)), ids.length - 1);
  const nothing = { tokens, share: 1 };
  if (packer === undefined || tokens < FEWEST_TOKENS) return nothing;
  const reading = { runtime, cache, packer, encode: (words: string) => text.encodeContinuation(words) };
  const share = await sharePassed(parts, reading, signal);
  if (share === 1) return nothing;
  branches.switchTo(branch, ids);
  // Rows that were cut back, or packed for another text, are not read again for this.
  if (cache.commonPrefix(ids) < tokens || (cache.packed !== undefined && cache.packed.length !== tokens))
    return nothing;
  if (cache.packed !== undefined && shareOf(cache.packed) <= share + 0.05)
    return { tokens, share: shareOf(cache.packed) };
  const worth = await worthOf(reading, tokens, signal);
  if (worth === undefined) return nothing;
  await packRows(reading, worth, tokens, share, signal);
  return cache.packed === undefined ? nothing : { tokens, share: shareOf(cache.packed) };
}

/** The share that passed the test, which is made where there is no result yet. */
async function sharePassed(
  { branches, cache, text, key, tested, onTested }: PackingParts,
  reading: Parameters<typeof worthOf>[0] & Reading,
  signal: AbortSignal,
): Promise<number> {
  const known = await tested?.read(key);
  if (known !== undefined) return known;
  const before = branches.current;
  branches.switchTo(BRANCH, []);
  try {
    const encodePrompt = (prompt: Prompt) => text.encode(prompt);
    const test = await needleTest({ ...reading, encodePrompt }, signal);
    onTested?.(test);
    await tested?.write(key, test.share);
    return test.share;
  } catch (error) {
    // What an interruption or a lost device ended is tried again; anything else would fail again.
    const passes = isAborted(error) || (error instanceof EngineError && error.code === 'gpu-lost');
    if (!passes) await tested?.write(key, 1);
    throw error;
  } finally {
    cache.truncate(0);
    branches.switchTo(before, []);
  }
}
