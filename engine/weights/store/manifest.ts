/**
 * `manifest.json`, the last file of a stored model to be written. A folder without one is incomplete and never listed.
 * The manifest records the location of each tensor in `weights.bin` and the checksums of its bytes.
 *
 * A tensor has one section of rows, except m0e4, q8 and cells, which have two: all weights, then all scales
 * (format: engine/quant; of cells: tensor/cells.ts). Sections start on multiples of {@link ALIGNMENT}.
 */
import { fail } from '../../base/errors.ts';
import { checksumOf } from '../integrity/checksum.ts';
import { isCell } from '../../tensor/cells.ts';
import { isGrouped, type WeightDType } from '../../tensor/tensor.ts';
import { formatTag, hasFormat } from './format-tag.ts';
import type { WeightProfile } from './profiles.ts';

export const MANIFEST_FILE = 'manifest.json';
/** Alignment of sections in bytes: that of WebGPU's buffer offsets, so that a file could be uploaded unchanged. */
export const ALIGNMENT = 256;

/** A contiguous range of `weights.bin`. */
export interface StoredSection {
  /** Bytes from the start of the file; a multiple of {@link ALIGNMENT}. */
  readonly offset: number;
  readonly bytes: number;
  /** Checksum of the section's bytes (`checksum.ts`). */
  readonly checksum: number;
}

/** A tensor of `weights.bin`. */
export interface StoredTensor {
  readonly name: string;
  readonly dtype: WeightDType;
  /** Weights per scale along a row; only for m0e4 and q8. */
  readonly group?: number;
  readonly shape: readonly number[];
  readonly sections: readonly StoredSection[];
}

/** How matrices were rounded (engine/calibrate). */
export interface CalibrationFacts {
  /** Rounding with error feedback, scales by the cost of outputs. */
  readonly method: 'gptq';
  /** Added to the diagonal of XᵀX, as a fraction of its mean. */
  readonly damping: number;
  /** Ids of the calibration text. */
  readonly tokens: number;
}

/** How a model makes vectors of texts. */
export interface EmbeddingFacts {
  /** Numbers of a vector. */
  readonly width: number;
  /** Most tokens of a text that it reads. */
  readonly maxTokens: number;
}

/** The contents of `manifest.json`. */
export interface Manifest {
  /** {@link formatTag} */
  readonly format: string;
  readonly id: string;
  readonly name: string;
  /** `model_type` of config.json. */
  readonly family: string;
  /** How matrices are stored; vectors are always f32. */
  readonly weights: WeightProfile;
  /** Traits given by the importer ({@link areTraits}); the engine only stores them. */
  readonly traits?: readonly string[];
  /** Set if the source files of the weights matched their published SHA-256. */
  readonly hashed?: true;
  /** All matrices of the checkpoint were in f32, f16 or bf16, so that it could be calibrated; absent in earlier versions. */
  readonly unquantised?: true;
  /** The importer's description of the source. */
  readonly origin?: string;
  /** Set if matrices were rounded by the inputs that they get. */
  readonly calibration?: CalibrationFacts;
  /** Unix time in milliseconds. */
  readonly importedAt: number;
  readonly contextLength: number;
  readonly hasChatTemplate: boolean;
  /** Of a model that makes vectors of texts, and writes none. */
  readonly embeds?: EmbeddingFacts;
  /** What the model's files say of dialogues, as the session found it; the store only keeps it. Absent in models of earlier versions. */
  readonly dialogue?: object;
  /** Names of the model's files: `weights.bin` and the checkpoint's small files, unchanged. */
  readonly files: readonly string[];
  /** Checksums (`checksum.ts`) of {@link files} but for `weights.bin`; absent in models of earlier versions. */
  readonly checksums?: Readonly<Record<string, number>>;
  readonly tensors: readonly StoredTensor[];
  /** Total bytes of the model's files, without the manifest. */
  readonly bytes: number;
}

/** The text of `manifest.json`: the manifest and, as its last field, a checksum of the text without it. */
export const manifestText = (manifest: Manifest): string =>
  JSON.stringify({ ...manifest, seal: sealOf(manifest) });

const sealOf = (manifest: object): number => checksumOf(new TextEncoder().encode(JSON.stringify(manifest)));

/** Parses and checks a manifest; `who` is its path. Throws `code`. */
export function parseManifest(
  text: string,
  who: string,
  code: 'store-damaged' | 'checkpoint-damaged' = 'store-damaged',
): Manifest {
  const damaged = (expected: string, got: unknown, where?: string): never =>
    fail(code, { who, message: 'the manifest is damaged', expected, got: String(got).slice(0, 80), where });
  let m: Partial<Manifest>;
  let seal: unknown;
  try {
    ({ seal, ...m } = JSON.parse(text) as Partial<Manifest> & { seal?: unknown });
  } catch {
    return damaged('JSON', text.slice(0, 40));
  }
  if (!hasFormat(m.format, 'store')) damaged(formatTag('store'), m.format, 'format');
  for (const key of ['id', 'name', 'family', 'weights'] as const) {
    if (typeof m[key] !== 'string') damaged('a string', m[key], key);
  }
  for (const key of ['importedAt', 'contextLength', 'bytes'] as const) {
    if (!isCount(m[key])) damaged('a whole number', m[key], key);
  }
  if (m.origin !== undefined && typeof m.origin !== 'string') damaged('a string', m.origin, 'origin');
  if (!Array.isArray(m.files) || !m.files.every((f) => typeof f === 'string')) {
    damaged('a list of names', m.files, 'files');
  }
  if (!Array.isArray(m.tensors) || !m.tensors.every(isTensor))
    damaged('a list of tensors', m.tensors, 'tensors');
  if (m.checksums !== undefined && !areChecksums(m.checksums))
    damaged('a whole number for each file', JSON.stringify(m.checksums), 'checksums');
  if (m.embeds !== undefined && !(isCount(m.embeds?.width) && isCount(m.embeds?.maxTokens)))
    damaged('the width and length of vectors', JSON.stringify(m.embeds), 'embeds');
  if (m.calibration !== undefined && !isCalibration(m.calibration))
    damaged('how the model was calibrated', JSON.stringify(m.calibration), 'calibration');
  // Models of earlier versions have none, and a published folder may have been changed on purpose.
  if (code === 'store-damaged' && seal !== undefined && seal !== sealOf(m))
    damaged(`checksum ${sealOf(m)}`, seal, 'seal');
  const traits = m.traits ?? earlierTraits(m);
  if (!areTraits(traits)) damaged('a list of short names', traits, 'traits');
  return { ...(m as Manifest), ...(traits.length > 0 ? { traits } : {}) };
}

const MOST_TRAITS = 16;
const TRAIT = /^[a-z][a-z0-9-]{0,39}$/;

/** At most 16 names of at most 40 letters, digits and hyphens. */
export function areTraits(x: unknown): x is readonly string[] {
  return (
    Array.isArray(x) &&
    x.length <= MOST_TRAITS &&
    x.every((name) => typeof name === 'string' && TRAIT.test(name))
  );
}

/** Earlier versions wrote a trait as a separate field with the value true. */
function earlierTraits(m: object): string[] {
  const own = ['hashed', 'hasChatTemplate', 'unquantised'];
  const names = Object.entries(m).flatMap(([key, value]) => (value === true ? [key] : []));
  return names.filter((name) => TRAIT.test(name) && !own.includes(name));
}

function isCount(x: unknown): x is number {
  return Number.isSafeInteger(x) && (x as number) >= 0;
}

const isCalibration = (x: Partial<CalibrationFacts> | null): boolean =>
  typeof x === 'object' && x?.method === 'gptq' && Number.isFinite(x.damping) && isCount(x.tokens);

const areChecksums = (x: unknown): boolean =>
  typeof x === 'object' && x !== null && Object.values(x).every(isCount);

function isTensor(x: unknown): x is StoredTensor {
  const t = x as StoredTensor;
  return (
    typeof t === 'object' &&
    t !== null &&
    typeof t.name === 'string' &&
    (['f32', 'f16', 'm0e4', 'q8'].includes(t.dtype) || isCell(t.dtype)) &&
    Array.isArray(t.shape) &&
    t.shape.every(isCount) &&
    Array.isArray(t.sections) &&
    t.sections.length === (isGrouped(t.dtype) ? 2 : 1) &&
    t.sections.every((s) => isCount(s?.offset) && isCount(s.bytes) && isCount(s.checksum))
  );
}

/** Views a shape as a matrix: all axes but the last are rows; a vector is one row. */
export function matrix(shape: readonly number[]): { rows: number; columns: number } {
  const columns = shape.at(-1) ?? 1;
  return { rows: shape.slice(0, -1).reduce((n, d) => n * d, 1), columns };
}
