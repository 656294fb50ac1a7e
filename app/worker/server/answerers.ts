/** Which model answers a job: that of the person's own server where they use one, else one on this device. */
import { AppError } from '../../protocol/errors.ts';
import type { Task } from '../../protocol/types.ts';
import type { Answerer } from '../answerer/answerer.ts';
import type { ModelService } from '../models/model-service.ts';
import type { ServerService } from './server-service.ts';

/** What the job service needs of models. */
export interface Answerers extends Pick<ModelService, 'wantsOther' | 'lost' | 'unload'> {
  /** `isPrivate`: the job comes from a private window. Throws `no-model`, `server-private`. */
  ready(task: Task, isPrivate: boolean): Promise<Answerer>;
}

export function answerersOf(
  models: Pick<ModelService, 'ready' | 'wantsOther' | 'lost' | 'unload' | 'chosen'>,
  server: Pick<ServerService, 'answerer' | 'used'>,
): Answerers {
  return {
    async ready(task, isPrivate) {
      const remote = server.answerer(isPrivate);
      if (remote !== undefined) return remote;
      if (server.used && models.chosen(task) === undefined)
        throw new AppError('server-private', {
          who: 'server',
          message: 'the server is not used for private windows, and there is no model on this device',
        });
      return models.ready(task);
    },
    wantsOther: (task) => models.wantsOther(task),
    lost: (answerer, error) => models.lost(answerer, error),
    unload: () => models.unload(),
  };
}
