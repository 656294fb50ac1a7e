/** What the model for a task is offered for, from the state that the worker sends. */
import type { TaskOffer } from '../../protocol/abilities.ts';
import type { OwnServer } from '../../protocol/server/own-server.ts';
import type { Models, Settings, Task } from '../../protocol/types.ts';

/** The person's own server, if it answers in this window. */
export function serverOf(settings: Settings | undefined, isPrivate: boolean): OwnServer | undefined {
  const server = settings?.server;
  return server?.used === true && (!isPrivate || server.inPrivate === true) ? server : undefined;
}

/** Whether a model answers in this window, on this device or on the person's own server. */
export const hasModel = (
  models: Models | undefined,
  settings: Settings | undefined,
  isPrivate: boolean,
): boolean => models?.active.kind !== 'none' || serverOf(settings, isPrivate) !== undefined;

/** Undefined until models and settings are known, and without a model. */
export function offerFor(
  models: Models | undefined,
  settings: Settings | undefined,
  task: Task,
  isPrivate: boolean,
): TaskOffer | undefined {
  if (models === undefined || settings === undefined) return undefined;
  if (serverOf(settings, isPrivate) !== undefined) return models.server;
  const { stored, offers = {}, chosen } = models;
  const byId = (id: string | undefined) => stored.find((model) => model.id === id);
  const model = byId(settings.models?.[task]) ?? byId(chosen);
  const offer = model && offers[model.id];
  return offer && { model: model.name, offer };
}
