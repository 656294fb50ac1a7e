/** For tests: reads the published forms of stories260K and its goldens. */
import type { CheckpointFolder } from '../weights/sources/byte-source.ts';
import { memoryFolder } from '../weights/sources/memory-source.ts';

/** The forms: element types, and f32 in shards. */
export const FORMS = ['f32', 'f16', 'bf16', 'sharded'] as const;
export type Form = (typeof FORMS)[number];
/** Assets of all forms, for `describeWithAssets`. */
export const STORIES = FORMS.map((form) => `models/stories260K-hf-${form}`);

/** The part of Node's `fs` used here; tests pass it in. */
export interface Disk {
  readdirSync(path: string): string[];
  readFileSync(path: string): Uint8Array;
}

/** Reference results of one form. */
export interface StoriesGolden {
  /** Including BOS. */
  readonly bos_greedy_ids: readonly number[];
  readonly bos_greedy_text: string;
  readonly bos_first_logits: readonly number[];
  readonly prompts: readonly {
    readonly prompt: string;
    readonly prompt_ids: readonly number[];
    readonly last_logits: readonly number[];
    readonly greedy_ids: readonly number[];
    /** The prompt and its continuation. */
    readonly greedy_text: string;
  }[];
}

/** Reads the files of a form into memory. */
export function storiesFolder(disk: Disk, path: string): CheckpointFolder {
  const files = disk
    .readdirSync(path)
    .map((name) => [name, new Uint8Array(disk.readFileSync(`${path}/${name}`))] as const);
  return memoryFolder(path.split('/').pop() as string, Object.fromEntries(files));
}

/** Reads the golden of a form; the sharded form shares that of f32. */
export function goldenOf(disk: Disk, paths: readonly string[], form: Form): StoriesGolden {
  const path = paths[FORMS.indexOf(form === 'sharded' ? 'f32' : form)] as string;
  return JSON.parse(new TextDecoder().decode(disk.readFileSync(`${path}/golden.json`))) as StoriesGolden;
}

/** Returns the largest absolute difference between two rows of logits; infinity for different lengths. */
export function furthest(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let most = got.length === want.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < want.length; i++)
    most = Math.max(most, Math.abs((got[i] as number) - (want[i] as number)));
  return most;
}
