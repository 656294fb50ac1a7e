/** Stores the words that a person keeps. Nothing of a private window comes here. */
import { keyOfWord, type KeptWord } from '../../../protocol/page/words.ts';
import { areTexts, type ListLayout, type ListStore, memoryList, openIdbList } from './list-store.ts';

export type WordStore = ListStore<KeptWord>;

const layout: ListLayout<KeptWord> = {
  keyPath: ['from', 'to', 'word', 'translation'],
  isEntry: (word) => areTexts(...keyOfWord(word)) && Number.isFinite(word.keptAt),
};

export const openIdbWords = (name = 'linnet-words'): Promise<WordStore> => openIdbList(name, layout);

export const memoryWords = (): WordStore => memoryList(layout);
