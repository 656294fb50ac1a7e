/** What the model for a task is offered for, from the state that the worker sends. */
import type { TaskOffer } from '../../protocol/abilities.ts';
import type { Models, Settings, Task } from '../../protocol/types.ts';

/** Undefined until models and settings are known, and without a model. */
export function offerFor(
  models: Models | undefined,
  settings: Settings | undefined,
  task: Task,
): TaskOffer | undefined {
  if (models === undefined || settings === undefined) return undefined;
  const { stored, offers = {}, chosen } = models;
  const byId = (id: string | undefined) => stored.find((model) => model.id === id);
  const model = byId(settings.models?.[task]) ?? byId(chosen);
  const offer = model && offers[model.id];
  return offer && { model: model.name, offer };
}
