/** Two buttons, one for each direction of a text in a field. */
import { languageNames, t } from '../../../i18n/index.ts';
import { sameLanguage } from '../../../text/language.ts';
import type { Directions } from './directions.ts';

interface DirectionChoiceProps {
  readonly directions: Directions;
  /** Into which the text is translated now. */
  readonly to: string;
  onTo(language: string): void;
}

export function DirectionChoice({ directions, to, onTo }: DirectionChoiceProps) {
  return (
    <fieldset class="directions" aria-label={t('directions')}>
      {(['page', 'own'] as const).map((way) => (
        <button
          key={way}
          type="button"
          class="button quiet little"
          aria-pressed={sameLanguage(directions[way], to)}
          onClick={() => onTo(directions[way])}
        >
          {t(`direction-${way}`, { language: languageNames([directions[way]]) })}
        </button>
      ))}
    </fieldset>
  );
}
