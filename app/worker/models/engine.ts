/**
 * What jobs and the Models page need of the engine, as one interface that tests can fake.
 * The implementation is in worker-engine.ts.
 */
import type {
  CacheForm,
  Embedder,
  FoundModels,
  ImportHooks,
  LoadedModel,
  LossHooks,
  LoadHooks,
  ModelLoss,
  ModelPreview,
  Storage,
  StoredModel,
  UnfinishedImport,
  WeightProfile,
} from '../../../engine/index.ts';
import type { PickedFile } from '../../protocol/files.ts';
import type { TestedAdapter } from '../../protocol/requests.ts';
import type { HubTokenPlace, PaceSetting } from '../../protocol/types.ts';

/** Where a checkpoint comes from. */
export type ImportOrigin =
  | { readonly kind: 'files'; readonly name: string; readonly files: readonly PickedFile[] }
  /** A hub repository (`owner/name`) or a base address. */
  | { readonly kind: 'address'; readonly address: string; readonly revision?: string; readonly name?: string }
  /** The demo model inside the extension. */
  | { readonly kind: 'demo' };

/** In which form an import stores a model; what is absent, the device decides. */
export interface ImportForm {
  /** The size that a person chose. */
  readonly weights?: WeightProfile;
  /** The stored model that the new one replaces when it is complete. */
  readonly replaces?: Pick<StoredModel, 'id' | 'name' | 'traits'>;
  /** Calibrated however long it takes: a person asked for that, or it was begun so. */
  readonly patient?: true;
}

export interface EngineImportHooks extends ImportHooks {
  /** Awaited before each short piece of work on the GPU, so that answers come first. */
  readonly turn?: (signal: AbortSignal | undefined) => Promise<void>;
  /** The model will be calibrated. */
  readonly onCalibration?: () => void;
}

export interface EngineLossHooks extends Pick<LossHooks, 'onProgress' | 'signal'> {
  /** As in {@link EngineImportHooks}. */
  readonly turn?: (signal: AbortSignal | undefined) => Promise<void>;
}

export interface Engine {
  /** Newest first. */
  list(): Promise<StoredModel[]>;
  import(checkpoint: ImportOrigin, hooks: EngineImportHooks, form?: ImportForm): Promise<StoredModel>;
  /** Where a stored model came from; undefined for files, and for models of earlier versions. */
  sourceOf(model: Pick<StoredModel, 'origin'>): ImportOrigin | undefined;
  /** Imports that were paused or cut off; `checkpoint` is absent where its files must be chosen again. */
  unfinished(): Promise<(UnfinishedImport & { readonly checkpoint?: ImportOrigin })[]>;
  /** Removes the files of an unfinished import; does nothing if there is none. */
  discard(id: string): Promise<void>;
  /** Names of folders that can be read neither as a model nor as an import. */
  unreadable(): Promise<readonly string[]>;
  discardUnreadable(): Promise<void>;
  /** Removes models, imports and all else that was saved beside them, whatever state it is in. */
  erase(): Promise<void>;
  /** The models at an address of a hub; undefined where a server has no list. */
  find(address: string, revision: string | undefined): Promise<FoundModels | undefined>;
  /** Where the access token for the hub is; undefined if there is none. */
  hubToken(): Promise<HubTokenPlace | undefined>;
  /** Sets the access token for the hub; an empty one removes it. `keep`: on the device. */
  setHubToken(token: string, keep: boolean): Promise<void>;
  /** Describes what an import would store; reads only the small files and headers. */
  preview(checkpoint: ImportOrigin): Promise<ModelPreview>;
  /** Measures what a stored model has lost of its checkpoint. Throws as `measureModelLoss` does. */
  measureLoss(checkpoint: ImportOrigin, id: string, hooks: EngineLossHooks): Promise<ModelLoss>;
  /** Reads a stored model and compares it with its checksums; returns the bytes read, or throws `store-damaged`. */
  verify(id: string): Promise<number>;
  remove(id: string): Promise<void>;
  /**
   * One model that writes is on the GPU at a time; dispose of the previous one first. A model whose keys and values cannot have
   * the form `cache` is loaded with the plain form.
   */
  load(id: string, cache: CacheForm, hooks: LoadHooks): Promise<LoadedModel>;
  /**
   * Loads a model that makes vectors of texts, beside what else is on the GPU. Throws `request-invalid` for one that writes
   * text.
   */
  loadEmbedder(id: string, hooks: LoadHooks): Promise<Embedder>;
  /** Sets how much of the GPU this and later models use from now on; `full` at first. */
  setPace(pace: PaceSetting): void;
  /** The file system that models are kept in; for what is saved beside them. */
  storage(): Promise<Storage>;
  /** Bytes used and allowed; undefined if the platform does not report them. */
  estimate(): Promise<{ usage: number; quota: number } | undefined>;
  /** Throws `gpu-unavailable` where there is no WebGPU. */
  adapter(): Promise<TestedAdapter>;
}
