/**
 * Traits of a model beyond what its files declare. The app passes traits with an import, the engine stores them with the
 * model, and all other code uses the predicate below. Also: the sizes of a model, and whether it can be improved.
 */
import type { StoredModel, WeightProfile } from '../../engine/index.ts';

/** A tiny model for trying the app; real work needs another model. */
const PRACTICE = 'practice';
/** The trait that earlier versions stored in place of it. */
const EARLIER = 'demo';

/** Traits of the packaged model. */
export const packagedTraits: readonly string[] = [PRACTICE];

/** Words in the names of models that were not trained to follow requests. */
const BASE = ['base', 'pt', 'pretrained', 'pretrain'] as const;

/** Whether a model only continues text: it has no chat template, or its name says so. */
export const isBaseModel = ({ name, hasChatTemplate }: { name: string; hasChatTemplate: boolean }): boolean =>
  !hasChatTemplate || BASE.some((word) => wordIn(word, name));

/** Whether a model writes text. One for search only compares texts, so nothing can be asked of it. */
export const writesText = ({ embeds }: Pick<StoredModel, 'embeds'>): boolean => embeds === undefined;

/** Whether one of the words of a name is this one. */
export const wordIn = (word: string, name: string): boolean =>
  name
    .toLowerCase()
    .split(/[^a-z]+/)
    .includes(word);

type Model = Pick<StoredModel, 'traits'>;

const has = ({ traits = [] }: Model, trait: string): boolean =>
  traits.includes(trait) || traits.includes(EARLIER);

export const isPractice = (model: Model): boolean => has(model, PRACTICE);

/** Sizes that a person may choose in place of the one that an import makes by itself. */
export const CHOSEN_SIZES = ['iq4+q3-ffn', 'u6+q8-head', 'q8'] as const;

export type ChosenSize = (typeof CHOSEN_SIZES)[number];

export const isChosenSize = (weights: WeightProfile): weights is ChosenSize =>
  (CHOSEN_SIZES as readonly WeightProfile[]).includes(weights);

/** The calibrated form of a size that was converted plainly. */
const IMPROVED: Partial<Record<WeightProfile, WeightProfile>> = {
  m0e4: 'calibrated',
  'm0e4+q8-head': 'calibrated',
};

/** Undefined where calibration has nothing to improve. */
export const improvedProfile = ({
  weights,
  unquantised,
}: Pick<StoredModel, 'weights' | 'unquantised'>): WeightProfile | undefined =>
  unquantised === true ? IMPROVED[weights] : undefined;

/** Whether the place that a model came from can be read again without a person. */
export const hasAddress = (model: Pick<StoredModel, 'origin'>): boolean => originAddress(model) !== undefined;

/** Where a model was downloaded from; undefined for one of files. */
export function originAddress({ origin }: Pick<StoredModel, 'origin'>): OriginAddress | undefined {
  try {
    const found = JSON.parse(origin ?? '{}') as Partial<OriginAddress & { kind: unknown }> | null;
    const { kind, address, revision } = found ?? {};
    if (kind !== 'address' || typeof address !== 'string') return undefined;
    return typeof revision === 'string' ? { address, revision } : { address };
  } catch {
    return undefined;
  }
}

/** As a person gave it. */
export interface OriginAddress {
  readonly address: string;
  readonly revision?: string | undefined;
}
