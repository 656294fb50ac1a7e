/** What a page of Linnet knows of the worker, as signals that views read. */
import { type Signal, signal } from '@preact/signals';
import type { Client } from '../../protocol/client.ts';
import type { Topic } from '../../protocol/requests.ts';
import type { Conversation, Models, Settings } from '../../protocol/types.ts';
import { type Jobs, withEvent } from './job-reducer.ts';

export interface WorkerState {
  readonly models: Signal<Models | undefined>;
  readonly settings: Signal<Settings | undefined>;
  readonly conversation: Signal<Conversation | undefined>;
  readonly jobs: Signal<Jobs>;
  /** Counts changes of the list of conversations. */
  readonly listChanges: Signal<number>;
  /** The conversation that was followed last and is deleted now. */
  readonly gone: Signal<string | undefined>;
  /** Whether conversations outlive the browser; undefined until it is known. */
  readonly kept: Signal<boolean | undefined>;
  /** Undefined until the first answer; false while the line is down. */
  readonly up: Signal<boolean | undefined>;
  /** The conversation to show from now on. */
  follow(id: string | undefined): void;
  /**
   * Kept by the worker. `settings` has it from now on, whatever older state still arrives; where the worker refuses,
   * it is as before.
   */
  change(settings: Partial<Settings>): Promise<void>;
}

const ALWAYS: readonly Topic[] = ['models', 'settings', 'conversations'];

export function createWorkerState(client: Client): WorkerState {
  const live = {
    models: signal<Models | undefined>(undefined),
    settings: signal<Settings | undefined>(undefined),
    conversation: signal<Conversation | undefined>(undefined),
    jobs: signal<Jobs>(new Map()),
    listChanges: signal(0),
    gone: signal<string | undefined>(undefined),
    kept: signal<boolean | undefined>(undefined),
    up: signal<boolean | undefined>(undefined),
  };
  let followed: string | undefined;
  let kept: Settings | undefined;
  const changes = new Set<Partial<Settings>>();
  const showSettings = () => {
    if (kept !== undefined) live.settings.value = Object.assign({}, kept, ...changes);
  };
  const watch = () =>
    client.watch(followed === undefined ? [...ALWAYS] : [...ALWAYS, `conversation:${followed}`]);

  client.onConnection((up) => {
    live.up.value = up;
  });
  client.onEvent((event) => {
    if (event.kind === 'models') live.models.value = event.models;
    if (event.kind === 'conversations') {
      live.kept.value = event.kept;
      live.listChanges.value++;
    }
    if (event.kind === 'gone' && event.conversation === followed) live.gone.value = followed;
    if (event.kind === 'settings') {
      kept = event.settings;
      showSettings();
    }
    if (event.kind === 'conversation' && event.conversation.id === followed) {
      live.conversation.value = event.conversation;
    }
    const jobs = withEvent(live.jobs.value, event);
    if (jobs !== undefined) {
      live.jobs.value = jobs;
      return;
    }
    if (followed !== undefined)
      client.request('resync', { topic: `conversation:${followed}` }).catch(() => {});
  });
  watch();

  return {
    ...live,
    follow(id) {
      if (id === followed) return;
      followed = id;
      live.gone.value = undefined;
      live.conversation.value = undefined;
      watch();
    },
    async change(settings) {
      changes.add(settings);
      showSettings();
      try {
        kept = await client.request('set-settings', { settings, unset: undefinedKeys(settings) });
      } finally {
        changes.delete(settings);
        showSettings();
      }
    },
  };
}

/** Names of the settings to remove: those that are undefined, which a message cannot carry. Undefined for none. */
function undefinedKeys(settings: Partial<Settings>): readonly (keyof Settings)[] | undefined {
  const names = (Object.keys(settings) as (keyof Settings)[]).filter((name) => settings[name] === undefined);
  return names.length === 0 ? undefined : names;
}
