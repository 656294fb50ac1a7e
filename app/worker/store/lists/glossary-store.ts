/** Stores a person's glossary. */
import type { GlossaryEntry } from '../../../protocol/types.ts';
import { areTexts, type ListLayout, type ListStore, memoryList, openIdbList } from './list-store.ts';

/** Sorted by languages, then by term; the languages and the term name an entry. */
export type GlossaryStore = ListStore<GlossaryEntry>;

const layout: ListLayout<GlossaryEntry> = {
  keyPath: ['from', 'to', 'term'],
  isEntry: ({ from = '', to, term, translation }) => areTexts(from, to, term, translation),
};

export const openIdbGlossary = (name = 'linnet-glossary'): Promise<GlossaryStore> =>
  openIdbList(name, layout);

export const memoryGlossary = (): GlossaryStore => memoryList(layout);
