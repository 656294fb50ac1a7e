/** What a measured loss says to a person: which size it is of, and how large it is in a word. */
import type { KeptLoss, KeptSizeLoss } from './model-states.ts';
import type { StoredModel, WeightProfile } from '../../../engine/index.ts';

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

/** The sizes, the smallest first, each with the profiles that a model of it may be stored in; the first names the size. */
const SIZES = [
  ['iq4+q3-ffn', 'q3-ffn+q5-head'],
  ['calibrated', 'm0e4+q8-head', 'm0e4'],
  ['u6+q8-head'],
  ['q8'],
] as const satisfies readonly (readonly WeightProfile[])[];

/** The profile that names a size. */
export type SizeName = (typeof SIZES)[number][0];

/** Whether a size makes clearly more mistakes than the others: of every model that it was measured on. */
export const losesMuch = (size: SizeName): boolean => size === SIZES[0][0];

/** Undefined for a profile that is none of the sizes. */
export const sizeOf = (weights: string): SizeName | undefined =>
  SIZES.find((profiles) => (profiles as readonly string[]).includes(weights))?.[0];

/** What was measured of the size in which `weights` are stored. */
export const lossOfSize = ({ sizes }: Pick<KeptLoss, 'sizes'>, weights: string): KeptSizeLoss | undefined =>
  sizes.find((size) => sizeOf(size.weights) === sizeOf(weights));

/** Every size with its loss, the smallest first; undefined where it was not measured. The smallest of all is for large models. */
export const lossesBySize = (loss: Pick<KeptLoss, 'sizes'>): [SizeName, KeptSizeLoss | undefined][] =>
  SIZES.map(([name]): [SizeName, KeptSizeLoss | undefined] => [name, lossOfSize(loss, name)]).filter(
    ([name, size]) => !losesMuch(name) || size !== undefined,
  );

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
