/** Handlers of the requests about models: import, pause, choose, verify, measure, delete. */
import { fail, type StoredModel } from '../../../engine/index.ts';
import { improvedProfile, writesText } from '../../protocol/model-traits.ts';
import type { Handlers } from '../../protocol/server.ts';
import type { Benchmark, Settings } from '../../protocol/types.ts';
import { benchmark } from '../models/benchmark.ts';
import type { Engine, ImportForm } from '../models/engine.ts';
import type { Prober } from '../abilities/prober.ts';
import type { JobService } from '../job-service.ts';
import type { LossService } from '../models/loss-service.ts';
import type { ModelService } from '../models/model-service.ts';

export interface ModelHandlerParts {
  readonly engine: Engine;
  readonly models: ModelService;
  readonly jobs: JobService;
  readonly prober: Prober;
  readonly losses: LossService;
  settings(): Settings;
  change(patch: Partial<Settings>): Promise<Settings>;
  now(): number;
}

type ModelRequest =
  | 'warm'
  | 'unload'
  | 'import-address'
  | 'improve-model'
  | 'measure-loss'
  | 'stop-measuring'
  | 'preview-import'
  | 'find-models'
  | 'hub-token'
  | 'pause-import'
  | 'resume-import'
  | 'dismiss-import'
  | 'use-model'
  | 'delete-model'
  | 'verify-model'
  | 'benchmark'
  | 'stop-benchmark'
  | 'probe'
  | 'stop-probe';

export function modelHandlers(parts: ModelHandlerParts): Pick<Handlers, ModelRequest> {
  const { engine, models, jobs, prober, losses, change } = parts;
  let measuring = new AbortController();
  return {
    warm: () => {
      if (parts.settings().server?.used === true) return null;
      // A failure becomes the model's state, which pages show.
      models.ready().catch(() => {});
      return null;
    },
    unload: async () => {
      await jobs.between(async () => models.unload());
      return null;
    },
    'import-address': async ({ address, name, revision, weights }) => {
      const id = crypto.randomUUID();
      const form = weights === undefined ? {} : { weights };
      await models.imports.start({ kind: 'address', address, name, revision }, id, name ?? address, form);
      return { id };
    },
    'improve-model': async ({ id: model }) => {
      const stored = models.snapshot().stored.find(({ id }) => id === model);
      const checkpoint = stored && engine.sourceOf(stored);
      const form = stored && improvedForm(stored);
      if (stored === undefined || checkpoint === undefined || form === undefined) return notImproved(model);
      const running = models.imports.states().find(({ improves }) => improves === model);
      const id = running?.id ?? crypto.randomUUID();
      if (running === undefined) await models.imports.start(checkpoint, id, stored.name, form);
      return { id };
    },
    'measure-loss': ({ id }) => {
      const stored = models.snapshot().stored.find((model) => model.id === id);
      const checkpoint = stored && engine.sourceOf(stored);
      if (stored?.unquantised !== true || checkpoint === undefined) return notMeasured(id);
      losses.start(stored, checkpoint);
      return null;
    },
    'stop-measuring': async () => {
      await losses.stop();
      return null;
    },
    'preview-import': ({ address, revision }) => engine.preview({ kind: 'address', address, revision }),
    'find-models': async ({ address, revision }) => (await engine.find(address, revision)) ?? null,
    'hub-token': async ({ token, keep }) => {
      await engine.setHubToken(token, keep);
      await models.refresh();
      return null;
    },
    'pause-import': async ({ id }) => {
      await models.imports.pause(id);
      return null;
    },
    'resume-import': ({ id }) => {
      models.imports.resume(id);
      return null;
    },
    'dismiss-import': async ({ id }) => {
      await models.imports.dismiss(id);
      return null;
    },
    'use-model': async ({ id }) => {
      const stored = models.snapshot().stored.find((model) => model.id === id);
      // One that writes no text is used beside the one that does.
      if (stored !== undefined && !writesText(stored)) {
        await change({ embedder: id });
        return null;
      }
      await change({ model: id });
      await jobs.between(async () => models.unload());
      models.ready().catch(() => {});
      return null;
    },
    'delete-model': async ({ id }) => {
      // Jobs use the loaded model, which for a task may be another than the chosen one.
      if (models.isLoaded(id)) for (const job of jobs.running()) jobs.stop(job.id);
      if (losses.progress()?.model === id) await losses.stop();
      // Improving it would bring it back.
      for (const { id: running, improves } of models.imports.states())
        if (improves === id) await models.imports.dismiss(running);
      await jobs.between(() => models.remove(id));
      return null;
    },
    'verify-model': async ({ id }) => ({ bytes: await engine.verify(id) }),
    benchmark: async () => {
      let result: Benchmark | null = null;
      measuring = new AbortController();
      const { signal } = measuring;
      await jobs.between(async () => {
        if (signal.aborted) return;
        const loaded = await models.ready();
        result = await benchmark(loaded, parts.now, signal);
        if (result === null) return;
        const before = parts.settings().benchmarks ?? {};
        await change({ benchmarks: { ...before, [loaded.facts.model.id]: result } });
      });
      return result;
    },
    'stop-benchmark': () => {
      measuring.abort();
      return null;
    },
    probe: async () => {
      await prober.start();
      return null;
    },
    'stop-probe': () => {
      prober.stop();
      return null;
    },
  };
}

/** What an import makes of a stored model to improve it; undefined where calibration has nothing to improve. */
export function improvedForm(model: StoredModel): ImportForm | undefined {
  const weights = improvedProfile(model);
  return weights === undefined ? undefined : { weights, replaces: model, patient: true };
}

function notMeasured(model: string): never {
  return fail('request-invalid', {
    who: 'measure-loss',
    message: 'this model cannot be compared with its original',
    expected: 'a stored model of an original that is not quantised, with a known address',
    got: model,
  });
}

function notImproved(model: string): never {
  return fail('request-invalid', {
    who: 'improve-model',
    message: 'this model cannot be improved',
    expected: 'a stored model in 4 bits, of an original that is not quantised, with a known address',
    got: model,
  });
}
