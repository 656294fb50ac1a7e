/**
 * Traits of a model beyond what its files declare. The app passes traits with an import, the engine stores them with the
 * model, and all other code uses the predicates below.
 */
import type { StoredModel } from '../../engine/index.ts';

/** A tiny model for trying the app; real work needs another model. */
const PRACTICE = 'practice';
/** A model trained on the exact wording of requests; any addition changes its answer. */
const PLAIN_PROMPTS = 'plain-prompts';
/** The trait that earlier versions stored in place of both. */
const EARLIER = 'demo';

/** Traits of the packaged model. */
export const packagedTraits: readonly string[] = [PRACTICE, PLAIN_PROMPTS];

type Model = Pick<StoredModel, 'traits'>;

const has = ({ traits = [] }: Model, trait: string): boolean =>
  traits.includes(trait) || traits.includes(EARLIER);

export const isPractice = (model: Model): boolean => has(model, PRACTICE);

export const usesPlainPrompts = (model: Model): boolean => has(model, PLAIN_PROMPTS);
