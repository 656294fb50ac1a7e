/**
 * What a model is offered for: its kind and size decide, and what trials of it showed. A model that was not tried yet is
 * offered for all that its kind can do, and so is a language that was not tried: most models of a list write the languages
 * of the people who chose them, and the trial follows within seconds of the first use. Pure.
 */
import type { StoredModel } from '../../../engine/index.ts';
import type { KeyPointsReason, ModelAbilities, ModelOffer } from '../../protocol/abilities.ts';
import { writesLanguage } from '../../protocol/abilities.ts';
import type { SummaryRequest } from '../../protocol/types.ts';
import type { AskedModel } from '../answerer/answerer.ts';
import { targetLanguages } from '../../protocol/target-languages.ts';
import { kindOfModel, parametersOf, type ProfiledModel, profileOf } from '../prompts/choose-profile.ts';
import { knownTag, sentencesIn } from './passage.ts';
import { PROBE_VERSION } from './probe.ts';

/**
 * Parameters below which a model writes neither key points nor a single sentence, whatever its trial says: a passage of
 * 75 words is easier than a page. Measured on SmolLM2-135M-Instruct (docs/ANSWERS.md): the page has a sentence for few
 * of its points, and its one sentence is further from the publisher's description than the page's own. The next model
 * of the list has 360 million.
 */
const LEAST_PARAMETERS = 200e6;

/** The demo model was trained on these languages, and on lists of key points; trials in other words say nothing of it. */
const DEMO_LANGUAGES = ['en', 'de', 'fr'];

/** `model`: one on this device, or a server's, which is not tried. */
export function offerOf(
  abilities: ModelAbilities | undefined,
  model: AskedModel & Partial<Pick<StoredModel, 'importedAt'>>,
): ModelOffer {
  const kind = kindOfModel({ model });
  if (kind === 'demo')
    return { keyPoints: 'model', prose: 'model', chat: true, ...only(DEMO_LANGUAGES), tried: false };
  const { importedAt = 0 } = model;
  const known = currentAbilities(abilities, { importedAt });
  // A model that was not trained to follow requests continues them.
  if (kind === 'base')
    return { keyPoints: 'page', prose: 'page', reason: 'base', chat: false, ...only([]), tried: false };
  // What its makers did not make it for it writes in another language, however a trial of a few words went.
  const made = profileOf({ model }).languages;
  const unmade =
    made === undefined
      ? []
      : listed(
          targetLanguages.filter((tag) => !made.includes(tag)),
          false,
        );
  const reason: KeyPointsReason | undefined =
    kind === 'translation' ? 'translation' : reasonOf(known, parametersOf(model));
  return {
    keyPoints: reason === undefined ? 'model' : 'page',
    prose: reason === undefined || (reason === 'small' && passed(known)) ? 'model' : 'page',
    ...(reason === undefined ? {} : { reason }),
    chat: kind !== 'translation',
    languages: [
      ...unmade,
      ...(known?.languages ?? []).filter(({ tag }) => !unmade.some((each) => each.tag === tag)),
    ],
    // So small a model that was tried writes a language only if that was seen.
    otherLanguages: reason !== 'small' || known === undefined,
    tried: known !== undefined,
  };
}

/**
 * Abilities that the present trials found; undefined for earlier ones, and for those of a model that had the same id
 * before this one was imported.
 */
export function currentAbilities(
  abilities: ModelAbilities | undefined,
  { importedAt }: Pick<StoredModel, 'importedAt'>,
): ModelAbilities | undefined {
  const current = abilities?.version === PROBE_VERSION && abilities.probedAt >= importedAt;
  return current ? abilities : undefined;
}

/**
 * Whether trials of such a model say something. What the demo model and models without instructions can do is known, and
 * one that always thinks would still be thinking when its answer is cut.
 */
export function isTriable(profiled: ProfiledModel): boolean {
  const kind = kindOfModel(profiled);
  return kind === 'instruct' || kind === 'translation';
}

/**
 * Who writes a summary. `language`: BCP 47 of the answer, undefined if it is not known. A model that keeps no list or
 * repeats itself is not asked: on real pages its sentence is further from what the publisher says than the page's own, and
 * its headlines are worse than the title (docs/ANSWERS.md). A very small one that passed its trial writes longer texts.
 */
export function summaryBy(
  offer: ModelOffer,
  { style: { type, length } }: Pick<SummaryRequest, 'style'>,
  language: string | undefined,
): ModelOffer['keyPoints'] {
  if (type === 'teaser' || (type === 'tldr' && length !== 'short')) return offer.prose;
  const tag = language === undefined ? undefined : knownTag(language);
  const known = offer.languages.some((each) => each.tag === tag);
  const unwritten = tag !== undefined && known && !writesLanguage(offer, tag);
  return unwritten ? 'page' : offer.keyPoints;
}

/**
 * Who answers a question about a page. A model that is not offered for questions at all is only asked if the person
 * insists, and then it answers.
 */
export const questionBy = ({ chat, prose }: ModelOffer): ModelOffer['prose'] => (chat ? prose : 'model');

const passed = (known: ModelAbilities | undefined): boolean => known?.lists === true && !known.repeats;

function reasonOf(known: ModelAbilities | undefined, parameters: number): KeyPointsReason | undefined {
  if (parameters < LEAST_PARAMETERS) return 'small';
  if (known === undefined) return undefined;
  if (!known.lists) return 'lists';
  return known.repeats ? 'repeats' : undefined;
}

const listed = (tags: readonly string[], writes: boolean) => tags.map((tag) => ({ tag, writes }));

/** These languages and no others. */
function only(tags: readonly string[]): Pick<ModelOffer, 'languages' | 'otherLanguages'> {
  const languages = Object.keys(sentencesIn).map((tag) => ({ tag, writes: tags.includes(tag) }));
  return { languages: languages.filter(({ writes }) => writes), otherLanguages: false };
}
