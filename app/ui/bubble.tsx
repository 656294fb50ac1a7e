/** The bubble on a web page, inside its closed shadow root: first a button, then the translation. */
import { useEffect, useRef } from 'preact/hooks';
import { languages, number, ownName, t } from '../i18n/index.ts';
import { CopyButton } from './copy-button.tsx';
import type { BubbleState } from './bubble-state.ts';
import { ErrorNote } from './error-note.tsx';
import { Icon } from './icons.tsx';
import { underWay } from './job-state.ts';

export function Bubble({ state }: { state: BubbleState }) {
  const phase = state.phase.value;
  if (phase === 'hidden') return null;
  return phase === 'offer' ? <Offer state={state} /> : <Panel state={state} />;
}

function Offer({ state }: { state: BubbleState }) {
  return (
    <button
      type="button"
      class="button offer"
      // The selection must survive the press.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => void state.translate()}
    >
      <Icon name="translate" />
      {t('translate')}
    </button>
  );
}

function Panel({ state }: { state: BubbleState }) {
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => panel.current?.focus({ preventScroll: true }), []);
  const job = state.job.value;
  const error = state.failure.value ?? job?.error;
  return (
    <div class="panel" ref={panel} tabIndex={-1} role="dialog" aria-label={t('translation')}>
      <div class="top">
        <select
          class="field"
          aria-label={t('translate-into')}
          value={state.language.value}
          onChange={(event) => void state.setLanguage(event.currentTarget.value)}
        >
          {languages.map((tag) => (
            <option key={tag} value={tag}>
              {ownName(tag)}
            </option>
          ))}
        </select>
        <button type="button" class="button quiet icon" aria-label={t('close')} onClick={() => state.close()}>
          <Icon name="close" />
        </button>
      </div>
      {error === undefined ? <Translation state={state} /> : <ErrorNote error={error} />}
      <Actions state={state} />
    </div>
  );
}

function Translation({ state }: { state: BubbleState }) {
  const job = state.job.value;
  const text = job?.text.trim() ?? '';
  const reading = job?.reading;
  return (
    <div class="translation" aria-live="polite" aria-busy={job === undefined || underWay(job)}>
      {text !== '' && (
        <p class="text" dir="auto">
          {text}
        </p>
      )}
      {text === '' && (job === undefined || underWay(job)) && (
        <div class="stack small soft">
          <p>
            {job?.status === 'loading' ? t('status-loading') : t('status-reading-text')}{' '}
            {reading !== undefined && t('reading-progress', { done: reading.done, total: reading.total })}
          </p>
          <progress
            class="bar"
            aria-hidden="true"
            value={reading === undefined ? undefined : reading.done / reading.total}
            max={1}
          />
        </div>
      )}
      {text === '' && job?.status === 'done' && <p class="soft">{t('empty')}</p>}
      {job?.cut === true && <p class="soft small">{t('cut')}</p>}
    </div>
  );
}

function Actions({ state }: { state: BubbleState }) {
  const job = state.job.value;
  const running = job !== undefined && underWay(job);
  const text = job?.text.trim() ?? '';
  const rate = job?.tokensPerSecond ?? 0;
  return (
    <div class="actions row">
      {running && (
        <button type="button" class="button little" onClick={() => state.stop()}>
          <Icon name="stop" />
          {t('stop')}
        </button>
      )}
      {!running && text !== '' && <CopyButton text={text} />}
      {!running &&
        text !== '' &&
        state.undo.value === undefined &&
        state.selected.value?.replace !== undefined && (
          <button type="button" class="button quiet little" onClick={() => state.replace()}>
            <Icon name="page" />
            {t('replace')}
          </button>
        )}
      {state.undo.value !== undefined && (
        <button type="button" class="button quiet little" onClick={() => state.takeBack()}>
          <Icon name="undo" />
          {t('undo')}
        </button>
      )}
      {!running && (job !== undefined || state.failure.value !== undefined) && (
        <button type="button" class="button quiet little" onClick={() => void state.translate()}>
          <Icon name="again" />
          {t('retry')}
        </button>
      )}
      {running && rate > 0 && <span class="small soft">{t('rate', { rate: number(rate, 1) })}</span>}
    </div>
  );
}
