/**
 * Loads the stored model that finds passages by meaning, beside the model that answers. It is a help and never a need: where
 * none is stored, where memory has no room for both, or where loading fails, there is none, and words alone decide.
 *
 * Not here: what it reads and how long that may take (page-meaning.ts).
 */
import { type Embedder, log, type StoredModel } from '../../../engine/index.ts';
import { toWire } from '../../protocol/errors.ts';
import type { PaceSetting } from '../../protocol/types.ts';
import type { Engine } from '../models/engine.ts';
import { hasRoomBeside } from './room-beside.ts';

export interface EmbedderServiceOptions {
  readonly engine: Pick<Engine, 'loadEmbedder'>;
  /** The stored model in use for this; undefined if there is none. */
  chosen(): StoredModel | undefined;
  /** Bytes that the model which answers has on the GPU; 0 while none is loaded. */
  takenBytes(): number;
  /** Of the device, as the browser says. */
  readonly memoryGiB?: number | undefined;
  /** Milliseconds after which it leaves the GPU if nothing is asked of it; 0: never. */
  idleMs(): number;
}

interface Loading {
  readonly model: StoredModel;
  readonly stop: AbortController;
  readonly promise: Promise<Embedder | undefined>;
}

export class EmbedderService {
  private readonly options: EmbedderServiceOptions;
  private current: Loading | undefined;
  /** What could not be loaded or failed at its work, by {@link keyOf}; not tried again before the worker ends. */
  private readonly failed = new Set<string>();
  private idle: ReturnType<typeof setTimeout> | undefined;

  constructor(options: EmbedderServiceOptions) {
    this.options = options;
  }

  /** The model that would be used now, loaded or not. */
  usable(): StoredModel | undefined {
    const model = this.options.chosen();
    if (model === undefined || this.failed.has(keyOf(model))) return undefined;
    const { memoryGiB } = this.options;
    return hasRoomBeside(model.bytes, this.options.takenBytes(), memoryGiB) ? model : undefined;
  }

  /** Loads it if it is not. Undefined where there is none to use; never rejects. */
  async ready(pace: PaceSetting): Promise<Embedder | undefined> {
    const model = this.usable();
    if (this.current !== undefined && (model === undefined || keyOf(this.current.model) !== keyOf(model)))
      this.release();
    if (model === undefined) return undefined;
    this.touch();
    this.current ??= this.load(model);
    const embedder = await this.current.promise;
    embedder?.setPace(pace);
    return embedder;
  }

  private load(model: StoredModel): Loading {
    const stop = new AbortController();
    const load = async () => {
      try {
        const embedder = await this.options.engine.loadEmbedder(model.id, { signal: stop.signal });
        if (!stop.signal.aborted) return embedder;
        embedder.dispose();
      } catch (error) {
        if (!stop.signal.aborted) this.fail(model, error);
      }
      return undefined;
    };
    return { model, stop, promise: load() };
  }

  /** Call with an error of its work: it is not used again. */
  fail(model: StoredModel, error: unknown): void {
    log('warn', 'meaning', `passages are found by words alone: ${toWire(error).code}`);
    this.failed.add(keyOf(model));
    if (this.current !== undefined && keyOf(this.current.model) === keyOf(model)) this.release();
  }

  /** Takes it off the GPU; the next use loads it again. Work under way ends without a result. */
  release(): void {
    clearTimeout(this.idle);
    const { current } = this;
    this.current = undefined;
    current?.stop.abort();
    void current?.promise.then((embedder) => embedder?.dispose());
  }

  private touch(): void {
    clearTimeout(this.idle);
    const after = this.options.idleMs();
    if (after > 0) this.idle = setTimeout(() => this.release(), after);
  }
}

/** A model that is imported again has the same id. */
export const keyOf = ({ id, importedAt }: StoredModel): string => `${id} ${importedAt}`;
