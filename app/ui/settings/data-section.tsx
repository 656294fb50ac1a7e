/** The way to delete everything, each time asked for twice. */
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import type { SettingsController } from './settings-controller.ts';
import { useFocus } from '../kit/use-focus.ts';

type What = 'work' | 'all';

export function DataSection({ state }: { state: SettingsController }) {
  const [asked, setAsked] = useState<What | undefined>(undefined);
  const erasing = state.erasing.value;
  const ask = (what: What) => (
    <button
      type="button"
      class="button danger"
      disabled={erasing === 'working'}
      onClick={() => setAsked(what)}
    >
      {t(`erase-${what}`)}
    </button>
  );
  return (
    <section class="stack">
      <h2>{t('data-title')}</h2>
      <p class="soft small">{t('data-hint')}</p>
      {asked === undefined ? (
        <div class="row">
          {ask('work')}
          {ask('all')}
        </div>
      ) : (
        <Confirm
          what={asked}
          onKeep={() => setAsked(undefined)}
          onErase={() => {
            setAsked(undefined);
            void state.erase(asked === 'all');
          }}
        />
      )}
      <p role="status">{erasing !== undefined && t(`erase-${erasing}`)}</p>
    </section>
  );
}

function Confirm({ what, onKeep, onErase }: { what: What; onKeep(): void; onErase(): void }) {
  const keep = useFocus<HTMLButtonElement>();
  return (
    <div class="note" role="alertdialog" aria-label={t(`erase-${what}`)} aria-describedby="erase-what">
      <p id="erase-what">{t(`erase-${what}-confirm`)}</p>
      <div class="row">
        <button type="button" class="button danger" onClick={onErase}>
          {t(`erase-${what}`)}
        </button>
        <button type="button" class="button" onClick={onKeep} ref={keep}>
          {t('keep')}
        </button>
      </div>
    </div>
  );
}
