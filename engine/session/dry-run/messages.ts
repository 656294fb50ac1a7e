/** What a process and the worker that tries a source tell each other, as data that can be cloned. */
import type { EngineErrorCode } from '../../base/errors.ts';
import type { WeightProfile } from '../../weights/store/profiles.ts';

/** A file of the source; `source` is its number. */
export interface DryRunFile {
  readonly source: number;
  readonly name: string;
  readonly size: number;
  readonly tag?: string | undefined;
  readonly sha256?: string | undefined;
}

/** A checkpoint, and how its import would store it; or a model of the store. */
export type DryRunKind = WeightProfile | 'stored';

/** What the worker asks of the process that started it, which alone reads files and the network. */
export type DryRunQuestion =
  | { readonly what: 'list' }
  | { readonly what: 'open'; readonly file: string }
  | { readonly what: 'read'; readonly source: number; readonly offset: number; readonly length: number };

export type ToDryRun =
  | {
      readonly kind: 'try';
      readonly name: string;
      /** Whether the source can list its files. */
      readonly lists: boolean;
      readonly what: DryRunKind;
    }
  | {
      readonly kind: 'answer';
      readonly id: number;
      readonly answer: DryRunFile | Uint8Array | readonly string[] | undefined;
    };

/** The error of a dry run. Without `code`: an error that the engine did not throw on purpose. */
export interface DryRunError {
  readonly code?: EngineErrorCode;
  readonly who: string;
  readonly message: string;
  readonly expected?: string | undefined;
  readonly got?: string | undefined;
  readonly where?: string | undefined;
}

export type FromDryRun =
  /** The worker's program has started. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'ask'; readonly id: number; readonly question: DryRunQuestion }
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly error: DryRunError };
