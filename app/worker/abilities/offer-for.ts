/** What the model that would do a task is offered for: a server's while it is used, else one on this device. Pure. */
import type { StoredModel } from '../../../engine/index.ts';
import type { ModelAbilities, TaskOffer } from '../../protocol/abilities.ts';
import type { Answerer } from '../answerer/answerer.ts';
import { offerOf } from './offer.ts';

/** `remote`: the server's model, where it may do the task; `model`: the one on this device. */
export function offerFor(
  remote: Answerer | undefined,
  model: StoredModel | undefined,
  abilities: Readonly<Record<string, ModelAbilities>> = {},
): TaskOffer | undefined {
  if (remote !== undefined) {
    const { model: asked, server } = remote.facts;
    return {
      model: asked.name,
      offer: offerOf(undefined, asked),
      server: server === undefined ? {} : { host: server },
    };
  }
  return model && { model: model.name, offer: offerOf(abilities[model.id], model) };
}
