/**
 * Compares stored models with their originals, one at a time, when a person asks for it. Each short piece of work on the GPU
 * waits for answers. What was measured is kept by the model's id.
 *
 * Not here: how a model is compared (the engine), what a person reads of it (loss-note.tsx).
 */
import { EngineError, type StoredModel } from '../../../engine/index.ts';
import { toWire } from '../../protocol/errors.ts';
import type { KeptLoss, LossProgress } from '../../protocol/types.ts';
import type { Engine, ImportOrigin } from './engine.ts';
import { untilAborted } from './until-aborted.ts';

export interface LossServiceOptions {
  readonly engine: Pick<Engine, 'measureLoss'>;
  now(): number;
  /** Awaited before each short piece of work on the GPU. */
  turn(): Promise<void>;
  /** The progress has changed. */
  changed(): void;
  save(id: string, loss: KeptLoss): Promise<unknown>;
}

type ComparedModel = Pick<StoredModel, 'id' | 'name' | 'importedAt'>;

interface RunningComparison {
  readonly stop: AbortController;
  readonly finished: Promise<void>;
}

export class LossService {
  private readonly options: LossServiceOptions;
  private running: RunningComparison | undefined;
  private state: LossProgress | undefined;

  constructor(options: LossServiceOptions) {
    this.options = options;
  }

  /** The comparison under way, or the last one if it failed. */
  progress(): LossProgress | undefined {
    return this.state;
  }

  /** Takes the place of a comparison under way; does nothing for a model that is not stored. */
  start(model: ComparedModel | undefined, checkpoint: ImportOrigin): void {
    if (model === undefined) return;
    const before = this.running;
    const stop = new AbortController();
    before?.stop.abort();
    this.show({ model: model.id, done: 0, total: 0 });
    const finished = Promise.resolve(before?.finished).then(() => this.run(model, checkpoint, stop));
    this.running = { stop, finished };
  }

  /** Resolves when nothing is read or computed any more. */
  async stop(): Promise<void> {
    const { running } = this;
    running?.stop.abort();
    this.show(undefined);
    await running?.finished;
  }

  private async run(
    { id, name, importedAt }: ComparedModel,
    checkpoint: ImportOrigin,
    stop: AbortController,
  ): Promise<void> {
    const { engine, turn, now, save } = this.options;
    const { signal } = stop;
    const show = (state: LossProgress | undefined) => {
      if (!signal.aborted) this.show(state);
    };
    try {
      if (signal.aborted) return;
      const measured = await engine.measureLoss(checkpoint, id, {
        signal,
        turn: () => untilAborted(turn(), signal),
        onProgress: (done, total) => show({ model: id, done, total }),
      });
      if (signal.aborted) return;
      await save(id, { at: now(), of: importedAt, ...measured });
      show(undefined);
    } catch (error) {
      const isStopped = error instanceof EngineError && error.code === 'source-cancelled';
      show(isStopped ? undefined : { model: id, done: 0, total: 0, error: toWire(error, name) });
    }
  }

  private show(state: LossProgress | undefined): void {
    this.state = state;
    this.options.changed();
  }
}
