/** The saved questions: those that come with Linnet and the person's own, found by what follows a slash. Pure. */
import { en } from '../../i18n/en.ts';
import { t } from '../../i18n/index.ts';
import { fold } from '../../text/fold.ts';
import type { SavedPrompt } from '../../protocol/types.ts';

/** A question, or `summarise`, which is no question but the work of the big button. */
export interface LibraryEntry {
  readonly name: string;
  /** Shown beside the name, and put into the field where it is a question. */
  readonly text: string;
  /** Other names it is known by, whatever the language: manuals and habits say the English one. */
  readonly also?: readonly string[];
  readonly action?: 'summarise';
}

const OWN = ['explain', 'facts', 'questions'] as const;

/** A person's own come before those of the same name that Linnet brings. */
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
    ...OWN.map((id) => ({
      name: t(`prompt-${id}`),
      text: t(`prompt-${id}-text`),
      also: [en[`prompt-${id}`]],
    })),
  ];
  return entries.filter(({ name }, i) => entries.findIndex((entry) => same(entry.name, name)) === i);
}

/** Entries that go on from what was typed; none where it is no slash and a part of a name. */
export function choices(typed: string, entries: readonly LibraryEntry[]): LibraryEntry[] {
  const part = /^\/(\S*)$/.exec(typed)?.[1];
  if (part === undefined) return [];
  const known = (entry: LibraryEntry) => namesOf(entry).some((name) => fold(name).startsWith(fold(part)));
  return entries.filter(known);
}

/** The entry whose whole name stands after the slash. */
export const named = (typed: string, entries: readonly LibraryEntry[]): LibraryEntry | undefined =>
  entries.find((entry) => namesOf(entry).some((name) => same(typed.trim(), `/${name}`)));

const namesOf = ({ name, also = [] }: LibraryEntry): readonly string[] => [name, ...also];

/** As it is stored: one word without a slash. */
export const promptName = (typed: string): string => typed.trim().replace(/^\/+/, '').replace(/\s+/g, '-');

export const same = (a: string, b: string): boolean => fold(a) === fold(b);
