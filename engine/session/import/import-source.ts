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
import type { OpenEncoders } from '../../weights/import/encoders.ts';
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
  plainProfile,
  profileNamed,
  SIZES,
  SMALLEST,
  type WeightProfile,
} from '../../weights/store/profiles.ts';
import type { Checkpoint, CheckpointTensor } from '../../weights/formats/checkpoint-tensor.ts';
import type { ByteSource, CheckpointFolder } from '../../weights/sources/byte-source.ts';
import { calibratedFeed, calibrationWork } from './calibrated/calibrated-source.ts';
import { matrixRoles, typeByRole } from './sizes/matrix-roles.ts';
import { sharedTypes } from './sizes/shared-bits.ts';
import type { AskCalibrator } from '../model.ts';
import { openText } from '../text.ts';
import type { DialogueReport, ModelSize } from '../types.ts';

/** What an import will write. */
export interface ImportSource {
  readonly name: string;
  readonly weights: WeightProfile;
  /** Fields of the manifest. */
  readonly facts: Pick<
    Manifest,
    'family' | 'contextLength' | 'hasChatTemplate' | 'calibration' | 'unquantised' | 'embeds'
  > & {
    readonly dialogue: DialogueReport;
  };
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** In the order in which they are written. */
  readonly tensors: readonly StoredTensor[];
  /** Size of `weights.bin`. */
  readonly bytes: number;
  readonly feed: Feed;
  readonly sources: readonly ByteSource[];
  /** The sizes of which the caller may choose; none for a model that is quantised already. */
  readonly sizes: readonly ModelSize[];
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
  encoders?: OpenEncoders,
): Promise<ImportSource> {
  const published = await openPublished(folder, signal);
  if (published !== undefined) return fromPublished(published);
  const opened = withOwnHead(await openCheckpoint(folder, signal));
  const whole = planned(opened, weights);
  const calibration = await calibrated(opened, whole, weights, calibrator);
  const plainly = plainProfile(weights);
  const { checkpoint, model, plan, profile } =
    calibration?.form ?? (plainly === undefined ? whole : planned(opened, plainly));
  const needed = plan.tensors.map((t) => checkpoint.tensors.get(t.name)?.source);
  return {
    name: folder.name,
    weights: profile,
    facts: {
      ...factsOf(model, checkpoint.files),
      ...(calibration === undefined ? {} : { calibration: calibration.facts }),
      ...(whole.unquantised ? { unquantised: true } : {}),
    },
    files: checkpoint.files,
    tensors: calibration?.tensors ?? plan.tensors,
    bytes: plan.bytes,
    feed: calibration?.feed ?? checkpointFeed(checkpoint, plan, encoders),
    sources: [...new Set(needed)].filter((source) => source !== undefined),
    sizes: whole.unquantised ? sizesOf(whole.model).map((name) => sizeOf(opened, name)) : [],
  };
}

/** Parameters. */
const LEAST_FOR_SMALLEST = 1.5e9;

/** A small model loses too much in the smallest size to be offered in it. */
function sizesOf({ embeds, tensors }: ModelGraph): readonly WeightProfile[] {
  if (embeds !== undefined) return [];
  const parameters = tensors.reduce((sum, { shape }) => sum + shape.reduce((n, d) => n * d, 1), 0);
  return parameters < LEAST_FOR_SMALLEST ? SIZES : [SMALLEST, ...SIZES];
}

function sizeOf(opened: Checkpoint, weights: WeightProfile): ModelSize {
  const { bytes, tensors } = planned(opened, weights).plan;
  const sections = tensors.flatMap((tensor) => tensor.sections);
  return { weights, bytes, largestBytes: sections.reduce((most, one) => Math.max(most, one.bytes), 0) };
}

/** A checkpoint with the layout of its file. */
export interface Planned {
  readonly checkpoint: Checkpoint;
  readonly model: ModelGraph;
  readonly plan: StorePlan;
  /** `published` is the name of a checkpoint that keeps its bits only. */
  readonly profile: WeightProfile;
  /** All its matrices are in f32, f16 or bf16. */
  readonly unquantised: boolean;
}

/** Throws `checkpoint-mismatch`. */
export function planned(opened: Checkpoint, weights: WeightProfile): Planned {
  const { keeps: mayKeep } = PROFILES[weights] as Profile;
  // Types do not matter here, and rows of a cell would have to be whole blocks.
  const model = buildForImport(opened.config, () => 'f32');
  const names = model.tensors.map(({ name }) => name);
  const checkpoint = withFlatVectors(withNames(opened, names), model);
  const roles = matrixRoles(model.graph);
  const keeps = mayKeep === true && isQuantised(checkpoint, model);
  const profile = weights === 'published' && !keeps ? convertedTo(model) : weights;
  const types: Profile = PROFILES[profile];
  const shared = types.shared === undefined ? undefined : sharedTypes(model, types.shared);
  const stored = model.tensors.map((t) => {
    const dtype = shared?.get(t.name) ?? typeByRole(types, roles.get(t.name));
    return { ...t, dtype: keeps ? typeOfPublished(checkpoint.tensors.get(t.name), dtype) : dtype };
  });
  const plan = planStore(checkpoint, stored, types.inner);
  requireAllUsed(checkpoint, names, model.isUnused);
  return {
    checkpoint,
    model,
    plan,
    profile,
    unquantised: names.every((name) => checkpoint.tensors.get(name)?.rows === undefined),
  };
}

/** An encoder is small, and four bits cost it more than a larger model. */
const convertedTo = ({ embeds }: ModelGraph): WeightProfile =>
  embeds === undefined ? CONVERTED_PROFILE : 'q8';

/** A vector may have axes of its own in the file: the kernels of a convolution are [columns, 1, taps]. */
function withFlatVectors(checkpoint: Checkpoint, model: ModelGraph): Checkpoint {
  const tensors = new Map(checkpoint.tensors);
  for (const { name, shape, kind } of model.tensors) {
    const found = tensors.get(name);
    const count = found?.shape.reduce((n, d) => n * d, 1);
    if (kind === 'vector' && found !== undefined && count === shape[0])
      tensors.set(name, { ...found, shape });
  }
  return { ...checkpoint, tensors };
}

interface Calibration {
  readonly form: Planned;
  readonly tensors: readonly StoredTensor[];
  readonly feed: Feed;
  readonly facts: CalibrationFacts;
}

/** Undefined where the caller declines, and for a model that cannot be calibrated. */
async function calibrated(
  opened: Checkpoint,
  whole: Planned,
  wanted: WeightProfile,
  ask: AskCalibrator | undefined,
): Promise<Calibration | undefined> {
  const { checkpoint, model, profile, unquantised } = whole;
  const isWanted = plainProfile(wanted) !== undefined;
  if (model.embeds !== undefined) return undefined;
  if (isWanted && ask === undefined) return notCalibrated(checkpoint);
  const offered = wanted === DEFAULT_PROFILE && profile === CONVERTED_PROFILE && unquantised;
  if (ask === undefined || !(isWanted || offered)) return undefined;
  const form = isWanted ? whole : planned(opened, CALIBRATED_PROFILE);
  const text = openText(
    (name) => checkpoint.files.get(name),
    buildForImport(checkpoint.config, () => 'm0e4'),
  );
  const work = calibrationWork(checkpoint.config, form.plan, (passage) => text.encodeText(passage));
  const calibrator = work && (await ask(work.need));
  if (work === undefined || calibrator === undefined) return undefined;
  const { damping } = calibrator;
  return {
    form,
    tensors: work.order,
    feed: calibratedFeed(form.checkpoint, work, calibrator),
    facts: { method: 'gptq', damping, tokens: work.need.tokens },
  };
}

function notCalibrated({ name }: Checkpoint): never {
  fail('request-invalid', {
    who: name,
    message: 'this form is made by calibration, which needs a GPU',
    expected: 'a calibrator',
    got: 'none',
  });
}

/** A head beside tied embeddings is the model's own, and is used: the config is stored so that later loads know it. */
export function withOwnHead(checkpoint: Checkpoint): Checkpoint {
  if (checkpoint.config.model_type === 'chatglm' || !hasOwnHead(checkpoint)) return checkpoint;
  if (checkpoint.config.tie_word_embeddings === false) return checkpoint;
  const config = { ...checkpoint.config, tie_word_embeddings: false };
  const files = new Map(checkpoint.files);
  files.set('config.json', new TextEncoder().encode(JSON.stringify(config)));
  return { ...checkpoint, config, files };
}

/** Whether a matrix that the model needs was published in few bits. */
function isQuantised(checkpoint: Checkpoint, model: ModelGraph): boolean {
  return model.tensors.some(({ name }) => {
    const tensor = checkpoint.tensors.get(name);
    return tensor?.rows?.cell !== undefined || tensor?.quantised === true;
  });
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
    sizes: [],
  };
}

function factsOf(model: ModelGraph, files: ImportSource['files']): ImportSource['facts'] {
  const text = openText((name) => files.get(name), model);
  const { embeds } = model;
  return {
    family: model.family,
    contextLength: model.contextLength,
    hasChatTemplate: text.template.own,
    dialogue: text.dialogue,
    ...(embeds === undefined ? {} : { embeds: { width: embeds.width, maxTokens: embeds.maxTokens } }),
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
