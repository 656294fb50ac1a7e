/**
 * Traits of a model beyond what its files declare. The app passes traits with an import, the engine stores them with the
 * model, and all other code uses the predicate below.
 */
import type { StoredModel } from '../../engine/index.ts';

/** A tiny model for trying the app; real work needs another model. */
const PRACTICE = 'practice';
/** The trait that earlier versions stored in place of it. */
const EARLIER = 'demo';

/** Traits of the packaged model. */
export const packagedTraits: readonly string[] = [PRACTICE];

type Model = Pick<StoredModel, 'traits'>;

const has = ({ traits = [] }: Model, trait: string): boolean =>
  traits.includes(trait) || traits.includes(EARLIER);

export const isPractice = (model: Model): boolean => has(model, PRACTICE);
