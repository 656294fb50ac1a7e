/** What the pages show of models: what is stored, what is imported, what would answer. Plain data, safe for JSON. */
import type { GpuFacts, ImportProgress, LoadProgress, StoredModel } from '../../../engine/index.ts';
import type { ModelOffer, ProbeProgress, TaskOffer } from '../abilities.ts';
import type { WireError } from '../errors.ts';

/** How fast a model is on this device. */
export interface Benchmark {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly activations: string;
  readonly prefillTokensPerSecond: number;
  readonly decodeTokensPerSecond: number;
  readonly timeToFirstTokenMs: number;
  readonly weightBytes: number;
  readonly cacheBytes: number;
  readonly peakGpuBytes: number;
}

/** An import that runs, waits, is paused or has failed. */
export interface ImportState {
  readonly id: string;
  /** Undefined for the demo model, whose name is translated. */
  readonly name: string | undefined;
  readonly progress: ImportProgress;
  /** `waiting`: the connection was lost; the import continues automatically, and `error` has the reason. */
  readonly status: 'running' | 'waiting' | 'paused' | 'failed';
  /** Over the last seconds; 0 while unknown. */
  readonly bytesPerSecond: number;
  /** It can continue only when the same files are chosen again. */
  readonly needsFiles?: boolean;
  /** Id of the stored model that it replaces when it is complete, and which can be used until then. */
  readonly improves?: string;
  /** Its weights are being calibrated, which takes longer than the download. */
  readonly calibrates?: boolean;
  /** It failed, and its files so far are still on the device. */
  readonly kept?: boolean;
  readonly error?: WireError;
}

export type ActiveModel =
  | { readonly kind: 'none' }
  | { readonly kind: 'importing'; readonly name: string | undefined; readonly progress: ImportProgress }
  | { readonly kind: 'loading'; readonly model: StoredModel; readonly progress: LoadProgress }
  | { readonly kind: 'ready'; readonly model: StoredModel; readonly adapter: GpuFacts }
  | { readonly kind: 'idle'; readonly model: StoredModel }
  | { readonly kind: 'failed'; readonly error: WireError };

/** What the sizes of a model lose, measured on this device. */
export interface KeptLoss {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `importedAt` of the stored model, which the first of {@link sizes} is: another import makes another model. */
  readonly of: number;
  /** Tokens after which the next one was compared with that of the original. */
  readonly tokens: number;
  readonly sizes: readonly KeptSizeLoss[];
}

export interface KeptSizeLoss {
  /** Name of a `WeightProfile`. */
  readonly weights: string;
  readonly bytes: number;
  /** Share of the tokens after which its likeliest next one is that of the original. */
  readonly sameChoice: number;
  /** From the original's predictions, in nats. */
  readonly divergence: number;
}

/** A model that is compared with its original: `done` of `total` bytes are read. With an error it has failed. */
export interface LossProgress {
  /** Id of the model. */
  readonly model: string;
  readonly done: number;
  readonly total: number;
  readonly error?: WireError;
}

export type HubTokenPlace = 'memory' | 'device';

export interface Models {
  /** The model that would answer now. */
  readonly active: ActiveModel;
  /** Id of the model for tasks without a model chosen for them. */
  readonly chosen?: string;
  /** Id of the stored model that finds passages by meaning. */
  readonly embedder?: string;
  readonly stored: readonly StoredModel[];
  readonly imports: readonly ImportState[];
  /** What the model of the person's own server is offered for, while it is used. */
  readonly server?: TaskOffer;
  /** What each stored model is offered for, by its id. */
  readonly offers?: Readonly<Record<string, ModelOffer>>;
  /** A model that is compared with its original. */
  readonly comparing?: LossProgress;
  /** The trial of a model under way. */
  readonly probing?: ProbeProgress;
  /** A person's access token for the hub: in memory until the browser closes, or kept on the device. */
  readonly hubToken?: HubTokenPlace;
  /** Bytes, as far as the browser says. */
  readonly storage?: { readonly usage: number; readonly quota: number };
}
