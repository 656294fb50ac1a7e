/**
 * What a model is fit for, beyond what its files say. The app hands traits in with an import, the engine keeps them with
 * the model, and all other code asks the questions below.
 */
import type { StoredModel } from '../../engine/index.ts';

/** Tiny, and made to try the app with: real work needs another model. */
const PRACTICE = 'practice';
/** Trained on the requests word by word: one word more, and it answers something else. */
const PLAIN_PROMPTS = 'plain-prompts';
/** What earlier versions stored in place of both. */
const EARLIER = 'demo';

/** Of the model in the package. */
export const packagedTraits: readonly string[] = [PRACTICE, PLAIN_PROMPTS];

type Model = Pick<StoredModel, 'traits'>;

const has = ({ traits = [] }: Model, trait: string): boolean =>
  traits.includes(trait) || traits.includes(EARLIER);

export const isPractice = (model: Model): boolean => has(model, PRACTICE);

export const usesPlainPrompts = (model: Model): boolean => has(model, PLAIN_PROMPTS);
