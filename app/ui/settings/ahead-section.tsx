/** Chooses when pages are read before a question, how much of what was read is kept on the disk, and whether that is packed. */
import { bytes, t } from '../../i18n/index.ts';
import { MIB } from '../../protocol/limits.ts';
import type { ReadAheadSetting } from '../../protocol/page/power.ts';
import { Choices } from './choices.tsx';
import type { SettingsController } from './settings-controller.ts';

const WHEN: readonly ReadAheadSetting[] = ['careful', 'always', 'never'];
/** MiB. */
const SIZES: readonly number[] = [256, 1024, 4096];
const BY_SPACE = '';

export function AheadSection({ controller }: { controller: SettingsController }) {
  const settings = controller.worker.settings.value;
  if (settings === undefined) return null;
  const { prefixMiB, packReading = true } = settings;
  // There is nothing to pack, or no time at which that may be done.
  const never = prefixMiB === 0 || settings.readAhead === 'never';
  // A size that another version offered stays a choice.
  const sizes = prefixMiB === undefined || prefixMiB === 0 || SIZES.includes(prefixMiB) ? [] : [prefixMiB];
  const choose = (value: string) =>
    void controller.change({ prefixMiB: value === BY_SPACE ? undefined : Number(value) });
  return (
    <>
      <Choices
        name="ahead"
        values={WHEN}
        chosen={settings.readAhead ?? 'careful'}
        text={(when) => [t(`ahead-${when}`), t(`ahead-${when}-hint`)]}
        onChoose={(when) => void controller.change({ readAhead: when })}
      />
      <section class="stack">
        <label class="label narrow">
          {t('saved-title')}
          <select
            class="field"
            value={prefixMiB === undefined ? BY_SPACE : String(prefixMiB)}
            aria-describedby="saved-hint"
            onChange={(event) => choose(event.currentTarget.value)}
          >
            <option value={BY_SPACE}>{t('saved-by-space')}</option>
            {[...SIZES, ...sizes].map((size) => (
              <option key={size} value={String(size)}>
                {t('saved-size', { size: bytes(size * MIB) })}
              </option>
            ))}
            <option value="0">{t('saved-nothing')}</option>
          </select>
        </label>
        <p class="soft small" id="saved-hint">
          {t('saved-hint')}
        </p>
        <div>
          <label class="check">
            <input
              type="checkbox"
              checked={packReading && !never}
              disabled={never}
              aria-describedby="saved-pack-hint"
              onChange={({ currentTarget }) =>
                // On is how it is without a choice.
                void controller.change({ packReading: currentTarget.checked ? undefined : false })
              }
            />
            {t('saved-pack')}
          </label>
          <p class="soft small" id="saved-pack-hint">
            {t('saved-pack-hint')}
          </p>
        </div>
      </section>
    </>
  );
}
