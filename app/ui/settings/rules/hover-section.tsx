/** Chooses the key that is held to translate the text under the pointer. */
import { t } from '../../../i18n/index.ts';
import { HOVER_KEYS, type HoverKey } from '../../../protocol/page/page-rules.ts';

interface HoverProps {
  /** Absent: off. */
  readonly chosen: HoverKey | undefined;
  onChoose(key: HoverKey | undefined): void;
}

export function HoverSection({ chosen, onChoose }: HoverProps) {
  return (
    <section class="stack">
      <h2>{t('hover-title')}</h2>
      <p class="soft small">{t('hover-hint')}</p>
      <label class="label narrow">
        {t('hover-label')}
        <select
          class="field"
          value={chosen ?? ''}
          onChange={({ currentTarget: { value } }) => onChoose(HOVER_KEYS.find((key) => key === value))}
        >
          <option value="">{t('hover-off')}</option>
          {HOVER_KEYS.map((key) => (
            <option key={key} value={key}>
              {t(`hover-${key}`)}
            </option>
          ))}
        </select>
      </label>
    </section>
  );
}
