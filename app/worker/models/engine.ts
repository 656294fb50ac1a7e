/**
 * What jobs and the Models page need of the engine, as one object that a test can stand in for.
 * The real one is made in worker-engine.ts.
 */
import type {
  CacheForm,
  ImportHooks,
  LoadedModel,
  LoadHooks,
  ModelPreview,
  Storage,
  StoredModel,
  UnfinishedImport,
} from '../../../engine/index.ts';
import type { PickedFile } from '../../protocol/files.ts';
import type { TestedAdapter } from '../../protocol/requests.ts';
import type { PaceSetting } from '../../protocol/types.ts';

/** Where a checkpoint comes from. */
export type ImportOrigin =
  | { readonly kind: 'files'; readonly name: string; readonly files: readonly PickedFile[] }
  /** A hub repository (`owner/name`) or a base address. */
  | { readonly kind: 'address'; readonly address: string; readonly revision?: string; readonly name?: string }
  /** The demo model inside the extension. */
  | { readonly kind: 'demo' };

export interface Engine {
  /** Newest first. */
  list(): Promise<StoredModel[]>;
  import(checkpoint: ImportOrigin, hooks: ImportHooks): Promise<StoredModel>;
  /** Imports that were paused or cut off; `checkpoint` is absent where its files must be chosen again. */
  unfinished(): Promise<(UnfinishedImport & { readonly checkpoint?: ImportOrigin })[]>;
  /** Removes what an unfinished import left; nothing happens where there is none. */
  discard(id: string): Promise<void>;
  /** What an import would bring, from the small files and headers alone. */
  preview(checkpoint: ImportOrigin): Promise<ModelPreview>;
  /** Reads a stored model and holds it against its checksums; gives the bytes read, or throws `store-damaged`. */
  verify(id: string): Promise<number>;
  remove(id: string): Promise<void>;
  /**
   * One model is on the GPU at a time; dispose of the one before first. A model whose keys and values cannot be kept
   * in the form of `cache` is loaded with the plain one.
   */
  load(id: string, cache: CacheForm, hooks: LoadHooks): Promise<LoadedModel>;
  /** How much of the GPU is taken from now on, by the loaded model and by those that come; `full` at first. */
  setPace(pace: PaceSetting): void;
  /** The file system that models are kept in; for what is saved beside them. */
  storage(): Promise<Storage>;
  /** Bytes used and allowed, as far as the platform says. */
  estimate(): Promise<{ usage: number; quota: number } | undefined>;
  /** Throws `gpu-unavailable` where there is no WebGPU. */
  adapter(): Promise<TestedAdapter>;
}
