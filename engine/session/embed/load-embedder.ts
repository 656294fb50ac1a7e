/** Loads a model that makes vectors of texts from the store onto a GPU. */
import { fail, throwIfAborted } from '../../base/errors.ts';
import { explainLoss, type Gpu, type GpuFacts } from '../../gpu/index.ts';
import { runPasses } from '../../graph/passes/index.ts';
import type { EmbeddingSpec, ModelGraph } from '../../models/index.ts';
import { adapterVariants, createEncoder, type Encoder, type EncoderOptions } from '../../runtime/index.ts';
import type { ActivationDType } from '../../tensor/tensor.ts';
import type { ModelStore } from '../../weights/store/store.ts';
import { tryStored } from '../dry-run/try-stored.ts';
import { describeModel } from '../import/inspect.ts';
import type { LoadHooks } from '../model.ts';
import { openStored } from '../open-stored.ts';
import { storedModel } from '../stored-model.ts';
import type { ModelText } from '../text.ts';
import type { EmbedOptions, Embedder, Embeddings } from './embedder.ts';

export interface EmbedderOptions {
  /** f16 where the GPU has it, when absent; f32 for models whose numbers exceed its range. */
  readonly activations?: ActivationDType;
  /** Most tokens of a run, and so of a text; {@link DEFAULT_ROWS} when absent, never more than the model can read. */
  readonly rows?: number;
}

/** Room for a few passages at once; memory grows with it. */
const DEFAULT_ROWS = 512;

/** Creates the encoder of a built model. */
export type MakeEncoder = (model: ModelGraph, options: EncoderOptions) => Promise<Encoder>;

/** Throws `request-invalid` for a model that writes text, and the errors of `loadModel`. */
export async function loadEmbedder(
  store: ModelStore,
  id: string,
  gpu: Gpu,
  options: EmbedderOptions = {},
  hooks: LoadHooks = {},
): Promise<Embedder> {
  const { activations = gpu.f16 ? 'f16' : 'f32' } = options;
  const free = options.activations === undefined;
  const embedder = await explainLoss(gpu, async () => {
    const { variants: tested } = hooks;
    const given = { ...options, activations, free };
    return loadEmbedderWith(store, id, given, hooks, gpu.facts, async (model, own) => {
      const variants = tested && (await adapterVariants(gpu, tested, model.activations));
      return createEncoder(gpu, runPasses(model.graph), variants === undefined ? own : { ...own, variants });
    });
  });
  return { ...embedder, embed: (...asked) => explainLoss(gpu, () => embedder.embed(...asked)) };
}

/** Loads a model onto any encoder; throws as {@link loadEmbedder} does. */
export async function loadEmbedderWith(
  store: ModelStore,
  id: string,
  options: EmbedderOptions & { readonly activations: ActivationDType; readonly free?: boolean },
  { onProgress, signal, dryRun }: LoadHooks,
  adapter: GpuFacts,
  make: MakeEncoder,
): Promise<Embedder> {
  const found = await store.open(id);
  const stored = storedModel(found.manifest);
  onProgress?.({ phase: 'reading', done: 0, total: stored.bytes });
  const opened = await tryStored(found, dryRun, signal);
  const { free = false, activations, rows = DEFAULT_ROWS } = options;
  const read = await openStored(opened, { free, activations, maxChunk: rows, capacity: rows });
  const { model, text, weights } = read;
  const { embeds } = model;
  if (embeds === undefined) {
    fail('request-invalid', {
      who: stored.name,
      message: 'this model writes text, and makes no vectors',
      expected: 'a model for search, such as all-MiniLM-L6-v2',
      got: model.family,
    });
  }
  const encoder = await make(model, {
    capacity: model.capacity,
    weights,
    onProgress: ({ phase, done, total }) => onProgress?.({ phase, done, total }),
    ...(signal === undefined ? {} : { signal }),
  });
  const maxTokens = Math.min(embeds.maxTokens, encoder.rows);
  return {
    facts: {
      model: stored,
      adapter,
      activations: read.activations,
      width: encoder.width,
      maxTokens,
      weightBytes: encoder.weightBytes,
      dispatches: encoder.dispatches,
    },
    embed: (texts, asked = {}) => embed({ encoder, text, embeds, maxTokens }, texts, asked),
    setPace: (pace) => encoder.setPace(pace),
    inspect: () => `${describeModel(model, false)}\n\n${encoder.describe()}`,
    dispose: () => encoder.dispose(),
  };
}

interface EmbedParts {
  readonly encoder: Encoder;
  readonly text: ModelText;
  readonly embeds: EmbeddingSpec;
  readonly maxTokens: number;
}

async function embed(
  { encoder, text, embeds, maxTokens }: EmbedParts,
  texts: readonly string[],
  { as = 'document', width = encoder.width, onText, signal }: EmbedOptions,
): Promise<Embeddings> {
  if (!Number.isInteger(width) || width < 1 || width > encoder.width) {
    fail('request-invalid', {
      who: 'vectors',
      message: 'vectors of this model cannot have that width',
      expected: `1 to ${encoder.width}`,
      got: width,
    });
  }
  const around = text.encodeText('');
  const all = texts.map((one) => {
    const ids = idsOf(text, embeds.prompts[as] + one);
    return { ids: shortened(ids, around, maxTokens), cut: ids.length > maxTokens };
  });
  const vectors: Float32Array[] = [];
  while (vectors.length < texts.length) {
    throwIfAborted(signal, 'vectors');
    const batch = nextBatch(all.slice(vectors.length), encoder);
    const made = await encoder.run(
      batch.map(({ ids }) => ids),
      signal,
    );
    for (const i of batch.keys()) {
      const vector = made.slice(i * encoder.width, i * encoder.width + width);
      vectors.push(embeds.normalise ? ofLengthOne(vector) : vector);
    }
    onText?.(vectors.length, texts.length);
  }
  return {
    vectors,
    tokens: all.map(({ ids }) => ids.length),
    cut: [...all.entries()].flatMap(([i, { cut }]) => (cut ? [i] : [])),
  };
}

/** The ids of a text with the tokens that the model's tokenizer puts around it; the text gives no control tokens. */
function idsOf(text: ModelText, words: string): number[] {
  return text.encode({ kind: 'text', text: words, literal: true });
}

/** The first tokens of a text that is too long, within the same special tokens; `around` are those of an empty text. */
function shortened(ids: readonly number[], around: readonly number[], most: number): readonly number[] {
  if (ids.length <= most) return ids;
  const begins = around.findIndex((id, i) => ids[i] !== id);
  const before = begins < 0 ? around.length : begins;
  const after = around.slice(before);
  return [...ids.slice(0, most - after.length), ...after];
}

/** The next texts that fit into one run, at least one. */
function nextBatch<T extends { readonly ids: readonly number[] }>(left: readonly T[], encoder: Encoder): T[] {
  const batch: T[] = [];
  let rows = 0;
  for (const one of left) {
    rows += one.ids.length;
    if (batch.length === encoder.passages || (rows > encoder.rows && batch.length > 0)) break;
    batch.push(one);
  }
  return batch;
}

function ofLengthOne(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  return length === 0 ? vector : vector.map((x) => x / length);
}
