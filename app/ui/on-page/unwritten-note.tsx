/** Says that the model does not write the chosen language; the person can choose another model, or insist. */
import { languageNames, t } from '../../i18n/index.ts';

interface UnwrittenNoteProps {
  /** Name of the model. */
  readonly model: string;
  /** BCP 47. */
  readonly language: string;
  /** The person wants another model. */
  onBetter(): void;
  onAnyway(): void;
}

export function UnwrittenNote({ model, language, onBetter, onAnyway }: UnwrittenNoteProps) {
  return (
    <div class="stack">
      <p class="small">{t('offer-unwritten', { name: model, languages: languageNames([language]) })}</p>
      <div class="row">
        <button type="button" class="button primary little" onClick={onBetter}>
          {t('offer-better')}
        </button>
        <button type="button" class="button little" onClick={onAnyway}>
          {t('translate-anyway')}
        </button>
      </div>
    </div>
  );
}
