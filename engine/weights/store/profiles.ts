/**
 * Named combinations of types for a model's matrices. The embedding and the head lose most by 4 bits and are a small
 * part of the bytes read per step in all but the smallest models, so a profile may store them with more bits.
 */
import type { WeightDType } from '../../tensor/tensor.ts';

/** The types of a model's matrices. */
export interface Profile {
  /**
   * A checkpoint that is quantised already keeps its bits: each matrix in a published type is stored in the cell of that
   * type, its others as f32 or f16, whichever is nearer. `inner` and `head` are for formats without a cell.
   */
  readonly keeps?: true;
  /**
   * The matrices are rounded by the inputs that they get (engine/calibrate), so the import needs a calibrator; the profile
   * of this name takes about as much and needs none.
   */
  readonly plain?: string;
  /** Type of the matrices between embedding and head. */
  readonly inner: WeightDType;
  /** Type of the matrices of feed-forward blocks, where that is another: they are most of a model and lose least. */
  readonly ffn?: WeightDType;
  /** Products whose rows are whole blocks have these types instead of `inner` and `ffn`. */
  readonly shared?: SharedBits;
  /** Type of the embedding (ids to vectors) and the head (vectors to logits). */
  readonly head: WeightDType;
}

/** How the bits of matrices between embedding and head are shared (session/import/sizes/shared-bits.ts). */
export interface SharedBits {
  /** Which matrices share them. */
  readonly among: 'all' | 'ffn';
  /** The type of a matrix that gets fewer bits, and of one that gets more. */
  readonly low: Exclude<SizedType, 'm0e4'>;
  readonly high: SizedType;
  /** What a matrix gets whose rows are no whole blocks of `low`. */
  readonly otherwise: SizedType;
  /** Bits of a weight at most, on average over all of these matrices. */
  readonly average: number;
}

/** Bits of a weight, with its share of the scales. */
const BITS = { q3_k: 3.5, u3_f16_32: 4, iq4_xs: 4.25, iq4_nl: 4.5, q5_0: 5.5, m0e4: 5 } as const;
type SizedType = keyof typeof BITS;

/** Bits of a weight on the GPU; rows of M0E4 are padded to whole groups. */
export const bitsOf = (dtype: SizedType, columns = 32): number =>
  dtype === 'm0e4' ? (BITS.m0e4 * 32 * Math.ceil(columns / 32)) / columns : BITS[dtype];

/** Profiles by name. */
export const PROFILES = {
  published: { keeps: true, inner: 'm0e4', head: 'q8' },
  m0e4: { inner: 'm0e4', head: 'm0e4' },
  'iq4+q3-ffn': {
    inner: 'iq4_xs',
    ffn: 'q3_k',
    head: 'iq4_xs',
    shared: { among: 'ffn', low: 'q3_k', high: 'iq4_xs', otherwise: 'u3_f16_32', average: 3.9 },
  },
  // What the smallest size was before.
  'q3-ffn+q5-head': { inner: 'q4_k', ffn: 'q3_k', head: 'q5_k' },
  'm0e4+q8-head': { inner: 'm0e4', head: 'q8' },
  calibrated: {
    plain: 'm0e4+q8-head',
    inner: 'm0e4',
    head: 'q8',
    shared: { among: 'all', low: 'iq4_nl', high: 'q5_0', otherwise: 'm0e4', average: 5 },
  },
  'u6+q8-head': { inner: 'u6_f16_32', head: 'q8' },
  'm0e4+f16-head': { inner: 'm0e4', head: 'f16' },
  q8: { inner: 'q8', head: 'q8' },
  f16: { inner: 'f16', head: 'f16' },
  f32: { inner: 'f32', head: 'f32' },
} as const satisfies Record<string, Profile>;

/** Name of a profile. */
export type WeightProfile = keyof typeof PROFILES;

/** How a model is stored if nobody asks for another profile. */
export const DEFAULT_PROFILE: WeightProfile = 'published';

/** What {@link DEFAULT_PROFILE} is for a checkpoint in f32, f16 or bf16: the manifest names this one. */
export const CONVERTED_PROFILE: WeightProfile = 'm0e4+q8-head';

/** What {@link DEFAULT_PROFILE} is for such a checkpoint where it can be calibrated. */
export const CALIBRATED_PROFILE: WeightProfile = 'calibrated';

/** The sizes in which such a checkpoint can be stored, the smallest first; the first is what an import makes by itself. */
export const SIZES: readonly WeightProfile[] = [CALIBRATED_PROFILE, 'u6+q8-head', 'q8'];

/** A size below {@link SIZES}, where a large model would not fit otherwise: it loses clearly more. */
export const SMALLEST: WeightProfile = 'iq4+q3-ffn';

/** The profile without calibration; undefined if it has none, and for an unknown name, which a journal may have. */
export const plainProfile = (name: WeightProfile): WeightProfile | undefined =>
  profileNamed(name).plain as WeightProfile | undefined;

/** Returns the profile by the name in a manifest; an unknown name (from a newer version) counts as plain m0e4. */
export function profileNamed(name: string): Profile {
  return (PROFILES as Readonly<Record<string, Profile>>)[name] ?? PROFILES.m0e4;
}
