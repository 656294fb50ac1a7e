/** What did not work at the start of the worker, or was left out since. Everything else works without it. */
import type { WireError } from './errors.ts';

/**
 * - `database`: it cannot be opened, so nothing is stored in this session
 * - `glossary`: the same for the glossary
 * - `settings`: they cannot be read; changes last for this session, and the stored settings stay as they are
 * - `upkeep`: answers that were interrupted are not marked, or what was to be deleted is still there
 * - `models`, `imports`: they cannot be listed
 * - `records`: `count` conversations, answers or pages are damaged and left out
 * - `folders`: `count` folders of models or imports are damaged and left out
 */
export type NoticePart =
  | 'database'
  | 'glossary'
  | 'settings'
  | 'upkeep'
  | 'models'
  | 'imports'
  | 'records'
  | 'folders';

export interface Notice {
  readonly part: NoticePart;
  readonly count?: number;
  readonly error?: WireError;
}
