/** The bubble on a web page, inside its closed shadow root: first a button, then the translation. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { ownName, t } from '../../../i18n/index.ts';
import { BubbleActions } from './bubble-actions.tsx';
import type { BubbleController } from './bubble-controller.ts';
import { dragBy } from '../drag.ts';
import { ErrorNote } from '../../kit/error-note.tsx';
import { Icon } from '../../kit/icons.tsx';
import { underWay, workText } from '../../state/job-reducer.ts';
import { LanguageChoice } from '../../kit/language-choice.tsx';
import { modelsButton } from '../models-button.tsx';

export function Bubble({ state }: { state: BubbleController }) {
  const phase = state.phase.value;
  if (phase === 'hidden') return null;
  return phase === 'offer' ? <Offer state={state} /> : <Panel state={state} />;
}

function Offer({ state }: { state: BubbleController }) {
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

function Panel({ state }: { state: BubbleController }) {
  const panel = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => panel.current?.focus({ preventScroll: true }), []);
  const error = state.failure.value ?? state.job.value?.error;
  return (
    <div class="panel surface" ref={panel} tabIndex={-1} role="dialog" aria-label={t('translation')}>
      <Head state={state} place={() => panel.current!.getBoundingClientRect()} />
      <LanguageChoice
        from={state.from.value}
        to={state.language.value}
        onFrom={(tag) => void state.setFrom(tag)}
        onTo={(tag) => void state.setLanguage(tag)}
        onSwap={() => void state.swap()}
      />
      {error === undefined ? (
        <Translation state={state} />
      ) : (
        <ErrorNote error={error}>{modelsButton(error)}</ErrorNote>
      )}
      <BubbleActions state={state} />
    </div>
  );
}

function Head({ state, place }: { state: BubbleController; place(): DOMRect }) {
  const drag = dragBy(place, (to) => {
    state.moved.value = to;
  });
  const pinned = state.pinned.value;
  return (
    <div class="head" {...drag}>
      <button type="button" class="button quiet icon grip" data-grip aria-label={t('move')} title={t('move')}>
        <Icon name="grip" />
      </button>
      <span class="title">{t('translation')}</span>
      <button
        type="button"
        class="button quiet icon"
        aria-label={t('translate-page')}
        title={t('translate-page')}
        onClick={() => {
          state.close();
          state.options.translatePage();
        }}
      >
        <Icon name="translate" />
      </button>
      <button
        type="button"
        class={`button quiet icon${pinned ? ' on' : ''}`}
        aria-label={t('pin')}
        aria-pressed={pinned}
        title={t(pinned ? 'unpin' : 'pin')}
        onClick={() => {
          state.pinned.value = !pinned;
        }}
      >
        <Icon name="pin" />
      </button>
      <button
        type="button"
        class="button quiet icon"
        aria-label={t('close')}
        title={t('close')}
        onClick={() => state.close()}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}

function Translation({ state }: { state: BubbleController }) {
  const job = state.job.value;
  const text = state.answer();
  const busy = state.busy.value;
  const given = state.given.value;
  return (
    <div class="translation">
      {given !== undefined && (
        <p class="small soft given" dir="auto">
          {t('swapped-text')} {given}
        </p>
      )}
      <div aria-live="polite" aria-busy={busy}>
        {text !== '' && (
          <p class="text" dir="auto" lang={state.language.value}>
            {text}
          </p>
        )}
        {state.same.value && (
          <p class="soft">
            {t('language-same', { language: ownName(state.language.value) })}{' '}
            {state.from.value !== undefined && t('language-wrong')}
          </p>
        )}
        {text === '' && job?.status === 'done' && <p class="soft">{t('empty')}</p>}
        {job?.cut === true && <p class="soft small">{t('cut')}</p>}
        {!busy && <MissedTerms state={state} />}
        {state.stuck.value !== undefined && <p class="soft small">{t(`${state.stuck.value}-stuck`)}</p>}
      </div>
      {busy && !state.same.value && <Progress state={state} />}
      {!busy && state.from.value === undefined && text !== '' && (
        <p class="soft small">{t('language-ask')}</p>
      )}
    </div>
  );
}

function Progress({ state }: { state: BubbleController }) {
  const job = state.job.value;
  const { part, reading } = job ?? {};
  if (part === undefined && state.answer() !== '') return null;
  const value =
    part !== undefined
      ? part.done / part.total
      : reading === undefined
        ? undefined
        : reading.done / reading.total;
  return (
    <div class="progress small soft">
      <p>
        {part !== undefined
          ? t('part-progress', { part: Math.min(part.done + 1, part.total), total: part.total })
          : t(job === undefined ? 'status-loading' : workText(job))}
      </p>
      <progress class="bar" aria-hidden="true" value={value} max={1} />
    </div>
  );
}

function MissedTerms({ state }: { state: BubbleController }) {
  const job = state.job.value;
  const missed = job?.terms?.filter(({ kept }) => !kept) ?? [];
  if (missed.length === 0 || underWay(job)) return null;
  return (
    <div class="missed small">
      <Icon name="warning" />
      <p>
        {t('terms-missed', { n: missed.length })}{' '}
        {missed.map(({ term, translation }) => (
          <span key={term} class="pair" dir="auto">
            {t('term-pair', { term, translation })}
          </span>
        ))}
      </p>
    </div>
  );
}
