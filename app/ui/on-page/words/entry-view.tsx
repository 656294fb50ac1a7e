/** The entry of a word in the bubble, and the button that keeps it in the word list. */
import { t } from '../../../i18n/index.ts';
import type { WordEntry } from '../../../protocol/page/words.ts';
import { Icon } from '../../kit/icons.tsx';

interface EntryViewProps {
  readonly entry: WordEntry;
  /** BCP 47 of translation and sense. */
  readonly language: string;
}

export function EntryView({ entry: { wordClass, translation, sense }, language }: EntryViewProps) {
  return (
    <div class="entry">
      <p>
        <strong class="text" dir="auto" lang={language}>
          {translation}
        </strong>{' '}
        {wordClass !== undefined && <em class="soft small">{t(`word-class-${wordClass}`)}</em>}
      </p>
      {sense !== undefined && (
        <p class="sense" dir="auto" lang={language}>
          {sense}
        </p>
      )}
    </div>
  );
}

/** Pressed again, the word is taken back. */
export function KeepWord({ kept, onPress }: { kept: boolean; onPress(): void }) {
  return (
    <button type="button" class="button quiet little keep" aria-pressed={kept} onClick={onPress}>
      <Icon name={kept ? 'check' : 'plus'} />
      {t(kept ? 'word-kept' : 'word-keep')}
    </button>
  );
}
