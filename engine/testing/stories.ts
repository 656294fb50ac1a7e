/** For tests: stories260K in the forms it is published in, its goldens, and both of them loaded. */
import type { CheckpointFolder } from '../weights/sources/byte-source.ts';
import { memoryFolder } from '../weights/sources/memory-source.ts';

export const FORMS = ['f32', 'f16', 'bf16', 'sharded'] as const;
export type Form = (typeof FORMS)[number];
/** As `describeWithAssets` wants them. */
export const STORIES = FORMS.map((form) => `models/stories260K-hf-${form}`);

/** Node's `fs`, handed in by the tests. */
export interface Disk {
  readdirSync(path: string): string[];
  readFileSync(path: string): Uint8Array;
}

export interface StoriesGolden {
  /** With BOS in front. */
  readonly bos_greedy_ids: readonly number[];
  readonly bos_greedy_text: string;
  readonly bos_first_logits: readonly number[];
  readonly prompts: readonly {
    readonly prompt: string;
    readonly prompt_ids: readonly number[];
    readonly last_logits: readonly number[];
    readonly greedy_ids: readonly number[];
    /** The prompt and what follows. */
    readonly greedy_text: string;
  }[];
}

export function storiesFolder(disk: Disk, path: string): CheckpointFolder {
  const files = disk
    .readdirSync(path)
    .map((name) => [name, new Uint8Array(disk.readFileSync(`${path}/${name}`))] as const);
  return memoryFolder(path.split('/').pop() as string, Object.fromEntries(files));
}

/** The sharded form shares the golden of the f32 one. */
export function goldenOf(disk: Disk, paths: readonly string[], form: Form): StoriesGolden {
  const path = paths[FORMS.indexOf(form === 'sharded' ? 'f32' : form)] as string;
  return JSON.parse(new TextDecoder().decode(disk.readFileSync(`${path}/golden.json`))) as StoriesGolden;
}

/** The largest difference between two rows of logits. */
export function furthest(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let most = got.length === want.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < want.length; i++)
    most = Math.max(most, Math.abs((got[i] as number) - (want[i] as number)));
  return most;
}
