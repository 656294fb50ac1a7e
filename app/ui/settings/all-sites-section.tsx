/** Whether the bubble is offered on every page, or only where Linnet was called. */
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import type { SettingsController } from './settings-controller.ts';

export function AllSitesSection({ state }: { state: SettingsController }) {
  const on = state.everywhere.value;
  const [busy, setBusy] = useState(false);
  if (on === undefined) return null;
  const change = async (box: HTMLInputElement) => {
    setBusy(true);
    await state.setEverywhere(box.checked);
    // What was refused is as it was, also where that changes nothing of the state.
    box.checked = state.everywhere.value === true;
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
