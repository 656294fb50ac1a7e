/** Chooses whether the bubble is offered on every site, or only on pages where Linnet was opened. */
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import type { SettingsController } from './settings-controller.ts';

export function AllSitesSection({ controller }: { controller: SettingsController }) {
  const on = controller.allSites.value;
  const [busy, setBusy] = useState(false);
  if (on === undefined) return null;
  const change = async (box: HTMLInputElement) => {
    setBusy(true);
    await controller.setAllSites(box.checked);
    // After a refusal the signal is unchanged, so nothing is rendered again and the box is reset here.
    box.checked = controller.allSites.value === true;
    setBusy(false);
  };
  return (
    <div>
      <label class="check">
        <input
          type="checkbox"
          checked={on}
          disabled={busy}
          onChange={({ currentTarget }) => void change(currentTarget)}
          aria-describedby="everywhere-hint"
        />
        {t('everywhere')}
      </label>
      <p class="soft small" id="everywhere-hint">
        {t('everywhere-hint')}
      </p>
    </div>
  );
}
