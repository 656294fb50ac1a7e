/** Chooses the type, length and language of summaries, which are stored in the settings. */
import { t } from '../../i18n/index.ts';
import type { Settings, SummaryLength, SummaryType } from '../../protocol/types.ts';
import { LanguageOptions } from '../kit/language-choice.tsx';
import { SegmentedControl } from '../kit/segmented-control.tsx';

const TYPES: readonly SummaryType[] = ['key-points', 'tldr', 'teaser', 'headline'];
const LENGTHS: readonly SummaryLength[] = ['short', 'medium', 'long'];

export interface ChoicesProps {
  readonly settings: Settings;
  /** The keys that start a summary; undefined if no shortcut is set. */
  readonly shortcut: string | undefined;
  /** Whether the model does not write a language. */
  readonly unwritten?: ((tag: string) => boolean) | undefined;
  onSettings(settings: Partial<Settings>): void;
}

export function SummaryChoices({ settings, shortcut, unwritten, onSettings }: ChoicesProps) {
  const { style } = settings;
  return (
    <>
      <div class="choices">
        <select
          class="field"
          aria-label={t('summarise-type')}
          value={style.type}
          onChange={({ currentTarget }) =>
            onSettings({ style: { ...style, type: currentTarget.value as SummaryType } })
          }
        >
          {TYPES.map((type) => (
            <option key={type} value={type}>
              {t(`type-${type}`)}
            </option>
          ))}
        </select>
        <SegmentedControl
          name="length"
          label={t('summarise-length')}
          values={LENGTHS}
          chosen={style.length}
          text={(length) => t(`length-${length}`)}
          onChoose={(length) => onSettings({ style: { ...style, length } })}
        />
      </div>
      <label class="label across">
        {t('summary-language')}
        <select
          class="field"
          value={settings.summaryLanguage ?? ''}
          onChange={({ currentTarget }) => onSettings({ summaryLanguage: currentTarget.value || undefined })}
        >
          <option value="">{t('summary-language-page')}</option>
          <LanguageOptions unwritten={unwritten} />
        </select>
      </label>
      {shortcut !== undefined && (
        <label class="check small soft">
          <input
            type="checkbox"
            checked={settings.autoStart}
            onChange={({ currentTarget }) => onSettings({ autoStart: currentTarget.checked })}
          />
          {t('auto-start', { keys: shortcut })}
        </label>
      )}
    </>
  );
}
