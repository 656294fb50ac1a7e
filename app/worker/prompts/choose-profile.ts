/** Chooses the task profile of a model by its kind, family, name and size. Pure. */
import type { StoredModel } from '../../../engine/index.ts';
import type { Answerer, AskedModel } from '../answerer/answerer.ts';
import { isBaseModel, isPractice, wordIn } from '../../protocol/model-traits.ts';
import base from './profiles/base.json' with { type: 'json' };
import demo from './profiles/demo.json' with { type: 'json' };
import hunyuanTranslation from './profiles/hunyuan-translation.json' with { type: 'json' };
import instruct from './profiles/instruct.json' with { type: 'json' };
import smallInstruct from './profiles/small-instruct.json' with { type: 'json' };
import thinking from './profiles/thinking.json' with { type: 'json' };
import translation from './profiles/translation.json' with { type: 'json' };
import { readProfiles } from './read-profile.ts';
import type { SummaryType } from '../../protocol/types.ts';
import type { ModelKind, TaskProfile } from './task-profile.ts';

/** The first one that fits is used, so the special ones come first. */
export const profiles: readonly TaskProfile[] = readProfiles([
  demo,
  hunyuanTranslation,
  translation,
  base,
  thinking,
  smallInstruct,
  instruct,
]);

/** What a choice is made from. `thinks`: the model's template begins an answer with a thought; absent if not known. */
export interface ProfiledModel {
  readonly model: AskedModel;
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

export function profileOfLoaded({ facts }: Pick<Answerer, 'facts'>): TaskProfile {
  const profile = profileOf({ model: facts.model, thinks: facts.thinks });
  return facts.unbegun === true ? withoutBegun(profile) : profile;
}

/** The same requests, without beginnings of answers. */
function withoutBegun(profile: TaskProfile): TaskProfile {
  const begun = '';
  const lengths = (prompts: TaskProfile['summary'][SummaryType]) => ({
    short: { ...prompts.short, begun },
    medium: { ...prompts.medium, begun },
    long: { ...prompts.long, begun },
  });
  const { summary } = profile;
  return {
    ...profile,
    summary: {
      'key-points': lengths(summary['key-points']),
      tldr: lengths(summary.tldr),
      teaser: lengths(summary.teaser),
      headline: lengths(summary.headline),
    },
    notes: { ...profile.notes, begun },
    chat: { ...profile.chat, begun },
    translation: { ...profile.translation, begun },
  };
}

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
export const writesEntries = ({ facts }: Pick<Answerer, 'facts'>): boolean =>
  parametersOf(facts.model) >= LEAST_FOR_ENTRIES;

/** Words in the names of models that only translate. */
const TRANSLATION = ['translate', 'translategemma', 'translator', 'mt', 'mt2', 'alma'] as const;

/** Bits of a weight, with the scales of its group; of all matrices together, where embedding and head have more. */
const BITS: Readonly<Record<StoredModel['weights'], number>> = {
  // Files of all kinds, mostly of 4 to 6 bits.
  published: 5.5,
  'iq4+q3-ffn': 4.1,
  'q3-ffn+q5-head': 4.2,
  m0e4: 5,
  'm0e4+q8-head': 5.5,
  calibrated: 5.5,
  'u6+q8-head': 7.5,
  'm0e4+f16-head': 7,
  q8: 9,
  f16: 16,
  f32: 32,
};

/** Roughly how many parameters a model has; of a server's model by its name, and unbounded where that does not say. */
export const parametersOf = ({ name, bytes, weights }: Partial<AskedModel>): number =>
  bytes === undefined || weights === undefined
    ? parametersInName(name ?? '')
    : (bytes * 8) / (BITS[weights] ?? 5);

/** "SmolLM2-135M", "qwen2.5:7b", "Qwen3-30B-A3B": the largest number before M or B. */
function parametersInName(name: string): number {
  const sizes = [...name.matchAll(/(\d+(?:\.\d+)?)([mb])(?![a-z\d])/gi)].map(
    ([, number, unit]) => Number(number) * (unit?.toLowerCase() === 'm' ? 1e6 : 1e9),
  );
  return sizes.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...sizes);
}
