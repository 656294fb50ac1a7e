/** The saved prompts: the built-in ones and the user's own, found by the letters after a slash. Pure. */
import { en } from '../../i18n/en.ts';
import { t } from '../../i18n/index.ts';
import { fold } from '../../text/fold.ts';
import type { SavedPrompt } from '../../protocol/types.ts';

/** A prompt, or `summarise`, which starts a summary instead of asking a question. */
export interface LibraryEntry {
  readonly name: string;
  /** Shown beside the name. Choosing a prompt puts it into the field. */
  readonly text: string;
  /** Other names that find it. The English name works in every language, because manuals use it. */
  readonly also?: readonly string[];
  readonly action?: 'summarise';
}

const BUILT_IN = ['explain', 'facts', 'questions'] as const;

/** A user's own prompt replaces a built-in one of the same name. */
export function library(own: readonly SavedPrompt[], canSummarise: boolean): LibraryEntry[] {
  const summarise: LibraryEntry = {
    name: t('prompt-summarise'),
    text: t('prompt-summarise-hint'),
    also: [en['prompt-summarise'], 'summarize'],
    action: 'summarise',
  };
  const entries = [
    ...own,
    ...(canSummarise ? [summarise] : []),
    ...BUILT_IN.map((id) => ({
      name: t(`prompt-${id}`),
      text: t(`prompt-${id}-text`),
      also: [en[`prompt-${id}`]],
    })),
  ];
  return entries.filter(({ name }, i) => entries.findIndex((entry) => same(entry.name, name)) === i);
}

/** Returns the entries whose names begin with the letters after the slash; none if `typed` is anything else. */
export function choices(typed: string, entries: readonly LibraryEntry[]): LibraryEntry[] {
  const prefix = /^\/(\S*)$/.exec(typed)?.[1];
  if (prefix === undefined) return [];
  const matches = (entry: LibraryEntry) => namesOf(entry).some((name) => fold(name).startsWith(fold(prefix)));
  return entries.filter(matches);
}

/** Returns the entry whose whole name follows the slash. */
export const named = (typed: string, entries: readonly LibraryEntry[]): LibraryEntry | undefined =>
  entries.find((entry) => namesOf(entry).some((name) => same(typed.trim(), `/${name}`)));

const namesOf = ({ name, also = [] }: LibraryEntry): readonly string[] => [name, ...also];

/** Normalises a name for storage: one word without a slash. */
export const promptName = (typed: string): string => typed.trim().replace(/^\/+/, '').replace(/\s+/g, '-');

export const same = (a: string, b: string): boolean => fold(a) === fold(b);
