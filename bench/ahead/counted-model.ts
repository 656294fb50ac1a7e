/**
 * The demo model's weights and tokenizer with the context of a larger model, on Dawn's null adapter: all of the engine runs
 * but the GPU's work, so what is counted is what any GPU would be given. Since nothing is computed, answers are read from a
 * script: plain words that quote no page.
 */
import { adapterEnvironment } from '../../scripts/setup/adapter.mjs';
import { openDawn } from '../../cli/dawn.ts';
import { nodeFolder } from '../../cli/node-files.ts';
import { createRuntime, loadWith, runPasses, type Runtime } from '../../engine/bench.ts';
import {
  type CheckpointFolder,
  importModel,
  type LoadedModel,
  memoryFolder,
  memoryStorage,
  openGpu,
  openStore,
  type StoredModel,
} from '../../engine/index.ts';

export interface CountedModel {
  readonly stored: StoredModel;
  /** Loads it again, with an empty cache. */
  load(): Promise<LoadedModel>;
  /** Of all loads together. */
  counters(): CountedWork;
  dispose(): void;
}

/** Work since the start. */
export interface CountedWork {
  /** Prompt tokens that were run. */
  readonly prompt: number;
  /** To run them. */
  readonly dispatches: number;
  /** To run them: written to the GPU, saved rows included. */
  readonly bytesWritten: number;
}

/** Tokens; twice the default, since the demo model's words are short. */
const CAPACITY = 8192;
/** Bytes as of a model that is asked for all tasks. */
const BYTES = 1e9;
/** Tokens of an answer. */
const ANSWER = 24;
const WORDS = ' the page says how it is done and why it is so';

/** Why it cannot be opened here; undefined if it can. */
export function missing(): string | undefined {
  const found = adapterEnvironment('null');
  return 'missing' in found ? found.missing : undefined;
}

export async function openCounted(demo: string): Promise<CountedModel> {
  const gpu = await openGpu(await openDawn('null'));
  const store = openStore(memoryStorage());
  const folder = await roomy(await nodeFolder(demo));
  const { id } = await importModel(folder, store, { weights: 'm0e4', name: 'Counted' });
  const work = { prompt: 0, dispatches: 0, bytesWritten: 0 };
  const load = async (): Promise<LoadedModel> => {
    let answer: readonly number[] = [];
    const options = { activations: 'f32', capacity: CAPACITY } as const;
    const loaded = await loadWith(store, id, options, {}, gpu.facts, async (model, given) => {
      const runtime = await createRuntime(gpu, runPasses(model.graph), given);
      return scripted(runtime, () => answer, work);
    });
    answer = [...loaded.encode(WORDS.repeat(4)).slice(0, ANSWER), END];
    const stored = { ...loaded.facts.model, bytes: BYTES };
    return { ...loaded, facts: { ...loaded.facts, model: stored } };
  };
  const first = await load();
  const { model: stored } = first.facts;
  first.dispose();
  return {
    stored,
    load,
    counters: () => ({ ...work }),
    dispose: () => gpu.dispose(),
  };
}

/** The demo model's token that ends an answer. */
const END = 3;

/** The same files with a longer context. */
async function roomy(folder: CheckpointFolder): Promise<CheckpointFolder> {
  const source = await folder.open('config.json');
  const bytes = (await source?.read(0, source.size)) ?? new Uint8Array(0);
  const config = JSON.parse(new TextDecoder().decode(bytes)) as object;
  const changed = memoryFolder(folder.name, {
    'config.json': JSON.stringify({ ...config, max_position_embeddings: CAPACITY }),
  });
  return {
    name: folder.name,
    open: async (name) => (name === 'config.json' ? changed.open(name) : folder.open(name)),
  };
}

type Work = { -readonly [K in keyof CountedWork]: number };

/** A runtime whose answers are those of a script. What its prompts cost is added to `work`. */
function scripted(runtime: Runtime, answer: () => readonly number[], work: Work): Runtime {
  let at = 0;
  const next = () => {
    const ids = answer();
    return ids[at++ % ids.length] ?? END;
  };
  return {
    ...runtime,
    get pace() {
      return runtime.pace;
    },
    async prefill(ids, position, options = {}) {
      const before = runtime.counters();
      let done = 0;
      const onChunk = (now: number, total: number) => {
        done = now;
        options.onChunk?.(now, total);
      };
      try {
        const result = await runtime.prefill(ids, position, { ...options, onChunk });
        done = ids.length;
        return options.want === 'none' ? result : { ...result, id: next() };
      } finally {
        const after = runtime.counters();
        work.prompt += done;
        work.dispatches += after.dispatches - before.dispatches;
        work.bytesWritten += after.bytesWritten - before.bytesWritten;
      }
    },
    async step(...asked) {
      return { ...(await runtime.step(...asked)), id: next() };
    },
    async verify(ids, position, signal) {
      await runtime.verify(ids, position, signal);
      return ids.map(next);
    },
  };
}
