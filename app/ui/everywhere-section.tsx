/** Whether the bubble is offered on every page, or only where Linnet was called. */
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';

export interface Everywhere {
  /** Undefined where the browser cannot do it. */
  is(): Promise<boolean | undefined>;
  /** Asks the person, and gives how it is afterwards. */
  set(on: boolean): Promise<boolean>;
}

export function EverywhereSection({ everywhere }: { everywhere: Everywhere }) {
  const [on, setOn] = useState<boolean | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  useEffect(() => void everywhere.is().then(setOn, () => {}), [everywhere]);
  if (on === undefined) return null;
  const change = async (box: HTMLInputElement) => {
    setBusy(true);
    const now = await everywhere.set(box.checked).catch(() => on);
    box.checked = now;
    setOn(now);
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
