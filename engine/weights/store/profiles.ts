/**
 * Named ways to store a model's matrices. The embedding and the head lose most by 4 bits and are a small part of
 * a step's reading in all but the smallest models, so a profile may store them finer.
 */
import type { WeightDType } from '../../tensor/tensor.ts';

export interface Profile {
  /** Matrices between embedding and head. */
  readonly inner: WeightDType;
  /** What ids go in by and logits come out of. */
  readonly head: WeightDType;
}

export const PROFILES = {
  m0e4: { inner: 'm0e4', head: 'm0e4' },
  'm0e4+q8-head': { inner: 'm0e4', head: 'q8' },
  'm0e4+f16-head': { inner: 'm0e4', head: 'f16' },
  q8: { inner: 'q8', head: 'q8' },
  f16: { inner: 'f16', head: 'f16' },
  f32: { inner: 'f32', head: 'f32' },
} as const satisfies Record<string, Profile>;

export type WeightProfile = keyof typeof PROFILES;

/** A profile by the name in a manifest; one that is not known (a newer version's) counts as plain m0e4. */
export function profileNamed(name: string): Profile {
  return (PROFILES as Readonly<Record<string, Profile>>)[name] ?? PROFILES.m0e4;
}
