/** Joins finding passages by meaning with the worker's models and settings. */
import { IDLE_MINUTES, type Settings } from '../../protocol/types.ts';
import type { Engine } from '../models/engine.ts';
import type { ModelService } from '../models/model-service.ts';
import { EmbedderService } from './embedder-service.ts';
import { PageMeaning } from './page-meaning.ts';

export interface MeaningParts {
  readonly engine: Engine;
  models(): Pick<ModelService, 'embedder' | 'loaded'>;
  settings(): Pick<Settings, 'pace' | 'idleMinutes'>;
}

/** What the worker has of it; `makeRoom` takes its model off the GPU until it is needed again. */
export interface MeaningService {
  readonly pages: PageMeaning;
  makeRoom(): void;
}

export function createMeaning({ engine, models, settings }: MeaningParts): MeaningService {
  const embedder = new EmbedderService({
    engine,
    chosen: () => models().embedder(),
    takenBytes() {
      const facts = models().loaded()?.facts;
      return facts === undefined ? 0 : facts.weightBytes + facts.cacheBytes;
    },
    memoryGiB: (navigator as { deviceMemory?: number }).deviceMemory,
    idleMs: () => (settings().idleMinutes ?? IDLE_MINUTES) * 60_000,
  });
  const pages = new PageMeaning({ embedder, pace: () => settings().pace });
  return { pages, makeRoom: () => embedder.release() };
}
