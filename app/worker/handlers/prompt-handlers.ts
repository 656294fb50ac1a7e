/** Handlers of the requests about the words that models are asked with. */
import { fail, type StoredModel } from '../../../engine/index.ts';
import type { Handlers } from '../../protocol/server.ts';
import type { TaskPrompts } from '../../protocol/task-prompts.ts';
import type { Settings } from '../../protocol/types.ts';
import { profileOf, profiles } from '../prompts/choose-profile.ts';
import { changePrompt, taskPrompts } from '../prompts/own-prompts.ts';
import type { TaskProfile } from '../prompts/task-profile.ts';

export interface PromptHandlerParts {
  /** The model in use. */
  model(): StoredModel | undefined;
  settings(): Settings;
  change(patch: Partial<Settings>): Promise<Settings>;
}

type PromptRequest = 'task-prompts' | 'change-task-prompt' | 'reset-task-prompt';

export function promptHandlers({
  model,
  settings,
  change,
}: PromptHandlerParts): Pick<Handlers, PromptRequest> {
  const state = (profile: TaskProfile): TaskPrompts => {
    const prompts = taskPrompts(profile, settings().taskPrompts?.[profile.id]);
    const name = model()?.name;
    return {
      profile: profile.id,
      prompts,
      ...(name === undefined ? {} : { model: name }),
      ...(profile.for.kind === 'demo' ? { trained: true } : {}),
    };
  };
  const edit = async (id: string, task: Parameters<typeof changePrompt>[2], text?: string) => {
    const profile = named(id);
    await change({ taskPrompts: changePrompt(settings().taskPrompts ?? {}, profile, task, text) });
    return state(profile);
  };
  return {
    'task-prompts': () => {
      const used = model();
      return state(used === undefined ? profiles.at(-1)! : profileOf({ model: used }));
    },
    'change-task-prompt': ({ profile, task, text }) => edit(profile, task, text),
    'reset-task-prompt': ({ profile, task }) => edit(profile, task),
  };
}

const named = (id: string): TaskProfile =>
  profiles.find((profile) => profile.id === id) ??
  fail('request-invalid', {
    who: 'prompts',
    message: 'there is no such task profile',
    expected: profiles.map((profile) => profile.id).join(', '),
    got: id,
  });
