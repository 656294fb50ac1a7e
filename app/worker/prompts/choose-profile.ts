/** Chooses the task profile of a model by its kind, family, name and size. Pure. */
import type { LoadedModel, StoredModel } from '../../../engine/index.ts';
import { isBaseModel, isPractice, wordIn } from '../../protocol/model-traits.ts';
import base from './profiles/base.json' with { type: 'json' };
import demo from './profiles/demo.json' with { type: 'json' };
import instruct from './profiles/instruct.json' with { type: 'json' };
import smallInstruct from './profiles/small-instruct.json' with { type: 'json' };
import thinking from './profiles/thinking.json' with { type: 'json' };
import translation from './profiles/translation.json' with { type: 'json' };
import { readProfiles } from './read-profile.ts';
import type { ModelKind, TaskProfile } from './task-profile.ts';

/** The first one that fits is used, so the special ones come first. */
export const profiles: readonly TaskProfile[] = readProfiles([
  demo,
  translation,
  base,
  thinking,
  smallInstruct,
  instruct,
]);

/** What a choice is made from. `thinks`: the model's template begins an answer with a thought; absent if not known. */
export interface ProfiledModel {
  readonly model: StoredModel;
  readonly thinks?: boolean;
}

export function profileOf(profiled: ProfiledModel): TaskProfile {
  const kind = kindOfModel(profiled);
  const { model } = profiled;
  const size = parametersOf(model) / 1e6;
  const chosen = profiles.find(
    ({ for: { kind: wanted, families, names, most } }) =>
      wanted === kind &&
      (families === undefined || families.includes(model.family)) &&
      (names === undefined || names.some((name) => wordIn(name, model.name))) &&
      (most === undefined || size <= most),
  );
  return chosen ?? profiles.at(-1)!;
}

export const profileOfLoaded = ({ facts }: Pick<LoadedModel, 'facts'>): TaskProfile =>
  profileOf({ model: facts.model, thinks: facts.thinks });

export function kindOfModel({ model, thinks = false }: ProfiledModel): ModelKind {
  const { name } = model;
  if (isPractice(model)) return 'demo';
  if (TRANSLATION.some((word) => wordIn(word, name))) return 'translation';
  if (isBaseModel(model)) return 'base';
  return thinks ? 'thinking' : 'instruct';
}

/**
 * Parameters below which a model translates a word alone: Gemma 3 270M writes the words of the request into the lines of an
 * entry. The same bound as that of the profile for small models.
 */
const LEAST_FOR_ENTRIES = 700e6;

/** Whether a model is large enough for the entry of a word. */
export const writesEntries = ({ facts }: Pick<LoadedModel, 'facts'>): boolean =>
  parametersOf(facts.model) >= LEAST_FOR_ENTRIES;

/** Words in the names of models that only translate. */
const TRANSLATION = ['translate', 'translategemma', 'translator', 'mt', 'alma'] as const;

/** Bits of a weight, with the scales of its group; of all matrices together, where embedding and head have more. */
const BITS: Readonly<Record<StoredModel['weights'], number>> = {
  // Files of all kinds, mostly of 4 to 6 bits.
  published: 5.5,
  m0e4: 5,
  'm0e4+q8-head': 5.5,
  calibrated: 5.5,
  'u6+q8-head': 7.5,
  'm0e4+f16-head': 7,
  q8: 9,
  f16: 16,
  f32: 32,
};

/** Roughly how many parameters a model has. */
export const parametersOf = ({ bytes, weights }: Pick<StoredModel, 'bytes' | 'weights'>): number =>
  (bytes * 8) / (BITS[weights] ?? 5);
