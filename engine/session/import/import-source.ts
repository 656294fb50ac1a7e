/**
 * Opens the source of an import: a published checkpoint, which is converted, or a model in the store's format, which is
 * copied. Afterwards the two differ only in their feed of blocks.
 */
import { fail } from '../../base/errors.ts';
import { buildModel, type ModelGraph } from '../../models/index.ts';
import type { WeightDType } from '../../tensor/tensor.ts';
import { openCheckpoint } from '../../weights/checkpoint.ts';
import { checkpointFeed, planStore, type StorePlan } from '../../weights/import/convert.ts';
import { hasOwnHead, requireAllUsed, withNames } from '../../weights/formats/tensor-names.ts';
import type { Feed } from '../../weights/import/write-weights.ts';
import { parseJson } from '../../weights/sources/json.ts';
import type { CalibrationFacts, Manifest, StoredTensor } from '../../weights/store/manifest.ts';
import { openPublished, type Published, publishedFeed } from '../../weights/import/published-model.ts';
import {
  CALIBRATED_PROFILE,
  CONVERTED_PROFILE,
  DEFAULT_PROFILE,
  type Profile,
  PROFILES,
  profileNamed,
  type WeightProfile,
} from '../../weights/store/profiles.ts';
import type { Checkpoint, CheckpointTensor } from '../../weights/formats/checkpoint-tensor.ts';
import type { ByteSource, CheckpointFolder } from '../../weights/sources/byte-source.ts';
import { calibratedFeed, calibrationWork } from './calibrated/calibrated-source.ts';
import { endTensors } from './end-tensors.ts';
import type { AskCalibrator } from '../model.ts';
import { openText } from '../text.ts';

/** What an import will write. */
export interface ImportSource {
  readonly name: string;
  readonly weights: WeightProfile;
  /** Fields of the manifest. */
  readonly facts: Pick<Manifest, 'family' | 'contextLength' | 'hasChatTemplate' | 'calibration'>;
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** In the order in which they are written. */
  readonly tensors: readonly StoredTensor[];
  /** Size of `weights.bin`. */
  readonly bytes: number;
  readonly feed: Feed;
  readonly sources: readonly ByteSource[];
}

/**
 * Reads and checks everything but the weights. Throws the errors of `openCheckpoint` and `openPublished`,
 * `model-unknown`, `tokenizer-damaged`, `checkpoint-mismatch`, and `request-invalid` for calibration that is not possible.
 */
export async function openSource(
  folder: CheckpointFolder,
  /** How to store matrices of a checkpoint; ignored for a model in the store's format. */
  weights: WeightProfile,
  signal: AbortSignal | undefined,
  /** Asked where matrices may or must be calibrated. */
  calibrator?: AskCalibrator,
): Promise<ImportSource> {
  const published = await openPublished(folder, signal);
  if (published !== undefined) return fromPublished(published);
  const opened = withOwnHead(await openCheckpoint(folder, signal));
  const { checkpoint, model, plan, profile } = planned(opened, weights);
  const calibrated = await calibration(checkpoint, plan, profile, weights, calibrator);
  const needed = plan.tensors.map((t) => checkpoint.tensors.get(t.name)?.source);
  return {
    name: folder.name,
    weights: calibrated === undefined ? profile : CALIBRATED_PROFILE,
    facts: {
      ...factsOf(model, checkpoint.files),
      ...(calibrated === undefined ? {} : { calibration: calibrated.facts }),
    },
    files: checkpoint.files,
    tensors: calibrated?.tensors ?? plan.tensors,
    bytes: plan.bytes,
    feed: calibrated?.feed ?? checkpointFeed(checkpoint, plan),
    sources: [...new Set(needed)].filter((source) => source !== undefined),
  };
}

/** A checkpoint with the layout of its file. */
interface Planned {
  readonly checkpoint: Checkpoint;
  readonly model: ModelGraph;
  readonly plan: StorePlan;
  /** `published` is the name of a checkpoint that keeps its bits only. */
  readonly profile: WeightProfile;
}

function planned(opened: Checkpoint, weights: WeightProfile): Planned {
  const { inner, head } = PROFILES[weights];
  const model = buildForImport(opened.config, () => inner);
  const names = model.tensors.map(({ name }) => name);
  const checkpoint = withNames(opened, names);
  const ends = endTensors(model.graph);
  const keeps = (PROFILES[weights] as Profile).keeps === true && isQuantised(checkpoint, model);
  const stored = model.tensors.map((t) => {
    const dtype = ends.has(t.name) ? head : inner;
    return { ...t, dtype: keeps ? typeOfPublished(checkpoint.tensors.get(t.name), dtype) : dtype };
  });
  const plan = planStore(checkpoint, stored, inner);
  requireAllUsed(checkpoint, names);
  return {
    checkpoint,
    model,
    plan,
    profile: weights === 'published' && !keeps ? CONVERTED_PROFILE : weights,
  };
}

/** Undefined where the matrices are converted plainly. */
async function calibration(
  checkpoint: Checkpoint,
  plan: StorePlan,
  profile: WeightProfile,
  wanted: WeightProfile,
  ask: AskCalibrator | undefined,
): Promise<{ tensors: readonly StoredTensor[]; feed: Feed; facts: CalibrationFacts } | undefined> {
  const required = wanted === CALIBRATED_PROFILE;
  const offered = wanted === DEFAULT_PROFILE && profile === CONVERTED_PROFILE;
  if (!required && !(offered && ask !== undefined)) return undefined;
  const text = openText(
    (name) => checkpoint.files.get(name),
    buildForImport(checkpoint.config, () => 'm0e4'),
  );
  const work = calibrationWork(checkpoint.config, plan, (plain) => text.encodeText(plain));
  const calibrator = work && (await ask?.(work.need, required));
  if (work === undefined || calibrator === undefined) return required ? notCalibrated(checkpoint) : undefined;
  const { damping } = calibrator;
  return {
    tensors: work.order,
    feed: calibratedFeed(checkpoint, work, calibrator),
    facts: { method: 'gptq', damping, tokens: work.need.tokens },
  };
}

function notCalibrated({ name }: Checkpoint): never {
  fail('request-invalid', {
    who: name,
    message: 'this model cannot be calibrated here',
    expected: 'a GPU with enough memory, and a model whose layers follow each other',
    got: 'none',
  });
}

/** A head beside tied embeddings is the model's own, and is used: the config is stored so that later loads know it. */
function withOwnHead(checkpoint: Checkpoint): Checkpoint {
  if (checkpoint.config.model_type === 'chatglm' || !hasOwnHead(checkpoint)) return checkpoint;
  if (checkpoint.config.tie_word_embeddings === false) return checkpoint;
  const config = { ...checkpoint.config, tie_word_embeddings: false };
  const files = new Map(checkpoint.files);
  files.set('config.json', new TextEncoder().encode(JSON.stringify(config)));
  return { ...checkpoint, config, files };
}

/** Whether a matrix that the model needs is in a published type whose bits can be kept. */
function isQuantised(checkpoint: Checkpoint, model: ModelGraph): boolean {
  return model.tensors.some(({ name }) => checkpoint.tensors.get(name)?.rows?.cell !== undefined);
}

/** The type that keeps the bits of a tensor; `otherwise` where none does. BF16 as f16, which has more digits. */
function typeOfPublished(tensor: CheckpointTensor | undefined, otherwise: WeightDType): WeightDType {
  if (tensor?.rows?.cell !== undefined) return tensor.rows.cell;
  if (tensor?.dtype === 'F32') return 'f32';
  return tensor?.dtype === 'F16' || tensor?.dtype === 'BF16' ? 'f16' : otherwise;
}

function fromPublished(published: Published): ImportSource {
  const { manifest, files, weights } = published;
  const model = buildForImport(
    parseJson(files.get('config.json') ?? new Uint8Array(0), 'config.json', 'checkpoint-damaged'),
    (name) => manifest.tensors.find((t) => t.name === name)?.dtype ?? profileNamed(manifest.weights).inner,
  );
  for (const { name, shape } of model.tensors) {
    const found = manifest.tensors.find((t) => t.name === name)?.shape;
    if (found?.length === shape.length && found.every((d, i) => d === shape[i])) continue;
    fail('checkpoint-mismatch', {
      who: published.name,
      where: `tensor ${name}`,
      message: 'the manifest does not match config.json',
      expected: `[${shape.join(', ')}]`,
      got: found === undefined ? 'no such tensor' : `[${found.join(', ')}]`,
    });
  }
  return {
    name: manifest.name,
    weights: manifest.weights,
    facts: {
      ...factsOf(model, files),
      ...(manifest.calibration === undefined ? {} : { calibration: manifest.calibration }),
    },
    files,
    tensors: manifest.tensors,
    bytes: weights.size,
    feed: publishedFeed(published),
    sources: [weights],
  };
}

function factsOf(model: ModelGraph, files: ImportSource['files']): ImportSource['facts'] {
  const text = openText((name) => files.get(name), model);
  return {
    family: model.family,
    contextLength: model.contextLength,
    hasChatTemplate: text.template.own,
  };
}

/** Builds a graph for its list of tensors only; lengths do not matter. */
function buildForImport(config: unknown, dtype: (tensor: string) => WeightDType): ModelGraph {
  return buildModel(config, {
    activations: 'f32',
    weights: (tensor) => ({ dtype: dtype(tensor) }),
    maxChunk: 1,
    capacity: 1,
  });
}
