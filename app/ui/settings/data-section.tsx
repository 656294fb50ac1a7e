/** Deletes the person's data, after a confirmation. */
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import type { SettingsController } from './settings-controller.ts';
import { useFocus } from '../kit/use-focus.ts';

type EraseScope = 'work' | 'all';

export function DataSection({ controller }: { controller: SettingsController }) {
  const [confirming, setConfirming] = useState<EraseScope | undefined>(undefined);
  const erasing = controller.erasing.value;
  const eraseButton = (scope: EraseScope) => (
    <button
      type="button"
      class="button danger"
      disabled={erasing === 'working'}
      onClick={() => setConfirming(scope)}
    >
      {t(`erase-${scope}`)}
    </button>
  );
  return (
    <section class="stack">
      <h2>{t('data-title')}</h2>
      <p class="soft small">{t('data-hint')}</p>
      {confirming === undefined ? (
        <div class="row">
          {eraseButton('work')}
          {eraseButton('all')}
        </div>
      ) : (
        <Confirm
          scope={confirming}
          onKeep={() => setConfirming(undefined)}
          onErase={() => {
            setConfirming(undefined);
            void controller.erase(confirming === 'all');
          }}
        />
      )}
      <p role="status">{erasing !== undefined && t(`erase-${erasing}`)}</p>
    </section>
  );
}

function Confirm({ scope, onKeep, onErase }: { scope: EraseScope; onKeep(): void; onErase(): void }) {
  const keep = useFocus<HTMLButtonElement>();
  return (
    <div class="note" role="alertdialog" aria-label={t(`erase-${scope}`)} aria-describedby="erase-what">
      <p id="erase-what">{t(`erase-${scope}-confirm`)}</p>
      <div class="row">
        <button type="button" class="button danger" onClick={onErase}>
          {t(`erase-${scope}`)}
        </button>
        <button type="button" class="button" onClick={onKeep} ref={keep}>
          {t('keep')}
        </button>
      </div>
    </div>
  );
}
