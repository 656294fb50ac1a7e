/** Mirrors the worker's state in one of Linnet's own pages, as signals that views read. */
import { type Signal, signal } from '@preact/signals';
import type { Client } from '../../protocol/client.ts';
import type { Notice } from '../../protocol/errors.ts';
import type { OptionalSetting, Topic } from '../../protocol/requests.ts';
import type { Conversation, Models, Settings } from '../../protocol/types.ts';
import { type Jobs, withEvent } from './job-reducer.ts';

export interface WorkerState {
  readonly models: Signal<Models | undefined>;
  readonly settings: Signal<Settings | undefined>;
  readonly conversation: Signal<Conversation | undefined>;
  readonly jobs: Signal<Jobs>;
  /** Counts changes of the list of conversations. */
  readonly listChanges: Signal<number>;
  /** Id of the followed conversation once it is deleted. */
  readonly deleted: Signal<string | undefined>;
  /** What did not work at the start of the worker, or was left out. */
  readonly notices: Signal<readonly Notice[]>;
  /** Whether conversations survive a restart of the browser; undefined until the worker answers. */
  readonly persistent: Signal<boolean | undefined>;
  /** Whether the worker is connected; undefined until its first answer. */
  readonly up: Signal<boolean | undefined>;
  /** Follows this conversation instead of the one before. */
  follow(id: string | undefined): void;
  /**
   * Stores the change in the worker. `settings` has it at once, and keeps it over older state that still arrives.
   * Rejects if the worker refuses, and then `settings` is as before.
   */
  change(settings: Partial<Settings>): Promise<void>;
}

const ALWAYS: readonly Topic[] = ['models', 'settings', 'conversations', 'notices'];

export function createWorkerState(client: Client): WorkerState {
  const state = {
    models: signal<Models | undefined>(undefined),
    settings: signal<Settings | undefined>(undefined),
    conversation: signal<Conversation | undefined>(undefined),
    jobs: signal<Jobs>(new Map()),
    listChanges: signal(0),
    deleted: signal<string | undefined>(undefined),
    notices: signal<readonly Notice[]>([]),
    persistent: signal<boolean | undefined>(undefined),
    up: signal<boolean | undefined>(undefined),
  };
  let followed: string | undefined;
  let stored: Settings | undefined;
  /** Changes that the worker has not answered yet. */
  const changes = new Set<Partial<Settings>>();
  const showSettings = () => {
    if (stored !== undefined) state.settings.value = Object.assign({}, stored, ...changes);
  };
  const watch = () =>
    client.watch(followed === undefined ? [...ALWAYS] : [...ALWAYS, `conversation:${followed}`]);

  client.onConnection((up) => {
    state.up.value = up;
  });
  client.onEvent((event) => {
    if (event.kind === 'models') state.models.value = event.models;
    if (event.kind === 'conversations') {
      state.persistent.value = event.kept;
      state.listChanges.value++;
    }
    if (event.kind === 'notices') state.notices.value = event.notices;
    if (event.kind === 'gone' && event.conversation === followed) state.deleted.value = followed;
    if (event.kind === 'settings') {
      stored = event.settings;
      showSettings();
    }
    if (event.kind === 'conversation' && event.conversation.id === followed) {
      state.conversation.value = event.conversation;
    }
    const jobs = withEvent(state.jobs.value, event);
    if (jobs !== undefined) {
      state.jobs.value = jobs;
      return;
    }
    if (followed !== undefined)
      client.request('resync', { topic: `conversation:${followed}` }).catch(() => {});
  });
  watch();

  return {
    ...state,
    follow(id) {
      if (id === followed) return;
      followed = id;
      state.deleted.value = undefined;
      state.conversation.value = undefined;
      watch();
    },
    async change(settings) {
      changes.add(settings);
      showSettings();
      try {
        stored = await client.request('set-settings', { settings, unset: undefinedKeys(settings) });
      } finally {
        changes.delete(settings);
        showSettings();
      }
    },
  };
}

/** Names of the settings to remove: those that are undefined, which a message cannot carry. Undefined for none. */
function undefinedKeys(settings: Partial<Settings>): readonly OptionalSetting[] | undefined {
  const names = (Object.keys(settings) as OptionalSetting[]).filter((name) => settings[name] === undefined);
  return names.length === 0 ? undefined : names;
}
