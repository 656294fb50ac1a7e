/** What a measured loss says to a person: which size it is of, and how large it is in a word. */
import type { KeptLoss, KeptSizeLoss } from './model-states.ts';
import type { StoredModel } from '../../../engine/index.ts';

/** How far the predictions of a size are from those of the original. */
export type LossDegree = 'least' | 'little' | 'some' | 'much';

/** Mean divergences in nats: 8 bits have some 0.0005, 6 bits 0.003, calibrated 4 bits 0.05, plain ones in a small model 0.1. */
const DEGREES: readonly (readonly [LossDegree, below: number])[] = [
  ['least', 0.004],
  ['little', 0.03],
  ['some', 0.1],
];

export const lossDegree = ({ divergence }: Pick<KeptSizeLoss, 'divergence'>): LossDegree =>
  DEGREES.find(([, below]) => divergence < below)?.[0] ?? 'much';

/** Profiles of the sizes, the smallest size first; of the smallest all that a model may be stored in. */
const SIZE_PROFILES: readonly (readonly string[])[] = [
  ['calibrated', 'm0e4+q8-head', 'm0e4'],
  ['u6+q8-head'],
  ['q8'],
];

/** By size, the smallest first; undefined where a size was not measured. */
export const lossesBySize = ({ sizes }: Pick<KeptLoss, 'sizes'>): readonly (KeptSizeLoss | undefined)[] =>
  SIZE_PROFILES.map((profiles) => sizes.find(({ weights }) => profiles.includes(weights)));

/** Undefined for what was measured of an earlier import. */
export function currentLoss(
  losses: Readonly<Record<string, KeptLoss>> | undefined,
  { id, importedAt, weights }: Pick<StoredModel, 'id' | 'importedAt' | 'weights'>,
): KeptLoss | undefined {
  const kept = losses?.[id];
  return kept?.of === importedAt && kept.sizes[0]?.weights === weights ? kept : undefined;
}

/** The numbers are those of the published file. */
export const isLossless = ({ weights, unquantised }: Pick<StoredModel, 'weights' | 'unquantised'>): boolean =>
  weights === 'f32' || (weights === 'published' && unquantised !== true);
