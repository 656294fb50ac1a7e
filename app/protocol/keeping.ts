/** What is stored on the disk, for how long, and what is in memory only. */

/**
 * How long something lasts that is in memory only: until the last private window is closed, or until the browser ends.
 * The store writes nothing of it to the disk (app/worker/store/split-store.ts).
 */
export type InMemory = 'private-window' | 'session';

export interface Keepable {
  /** Absent for what is stored. */
  readonly inMemory?: InMemory;
}

/** `session`: nothing is stored. Otherwise conversations and translations are deleted that long after their last change. */
export type KeepFor = 'session' | 'day' | 'week' | 'month';

export interface KeepSettings {
  /** Until a person deletes them where absent. */
  readonly keepFor?: KeepFor;
  /** Host names; what is read of these sites and of those below them is never stored. */
  readonly neverKept?: readonly string[];
}

/** That a page of a site was summarised, for the sites that are summarised often. */
export interface SummarisedPage {
  /** Host name, without `www.`. */
  readonly site: string;
  /** Id of the conversation with the summary. */
  readonly conversation: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

export const KEEP_MS: Readonly<Record<Exclude<KeepFor, 'session'>, number>> = {
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 30 * DAY_MS,
};

/** Names what was removed, or is to be removed. */
export interface StoredIds {
  readonly conversations: readonly string[];
  readonly jobs: readonly string[];
}
