/** The bubble on a web page: first a button that offers a translation, then the translation. */
import { writesLanguage } from '../../../protocol/abilities.ts';
import { errorOf, wasCut } from '../../../protocol/types.ts';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { languageNames, ownName, t } from '../../../i18n/index.ts';
import { BubbleActions } from './bubble-actions.tsx';
import { answerOf, type BubbleModel } from './bubble-model.ts';
import { dragBy } from '../drag.ts';
import { SentBadge } from '../../kit/badges/sent-badge.tsx';
import { ErrorNote } from '../../kit/error-note.tsx';
import { Icon } from '../../kit/icons.tsx';
import { readingOf, underWay, workText } from '../../state/job-reducer.ts';
import { LanguageChoice } from '../../kit/language-choice.tsx';
import type { Speech } from '../../kit/speech.ts';
import { DirectionChoice } from '../fields/direction-choice.tsx';
import { EntryView, KeepWord } from '../words/entry-view.tsx';
import { modelsButton } from '../models-button.tsx';
import { UnwrittenNote } from '../unwritten-note.tsx';

interface BubbleProps {
  readonly controller: BubbleModel;
  readonly speech: Speech;
}

export function Bubble({ controller, speech }: BubbleProps) {
  const phase = controller.phase.value;
  if (phase === 'hidden') return null;
  if (phase === 'offer') return <Offer controller={controller} />;
  return <Panel controller={controller} speech={speech} />;
}

function Offer({ controller }: { controller: BubbleModel }) {
  const writable = controller.writable.value;
  const translate = (
    <button
      type="button"
      class="button offer"
      // Keeps the selection when the button is pressed.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => void controller.translate()}
    >
      <Icon name="translate" />
      {t('translate')}
    </button>
  );
  if (writable === undefined) return translate;
  return (
    <div class="offers">
      <button
        type="button"
        class="button offer"
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => void controller.writeIn()}
      >
        <Icon name="edit" />
        {t('write-in', { language: languageNames([writable]) })}
      </button>
      {translate}
    </div>
  );
}

function Panel({ controller, speech }: BubbleProps) {
  const panel = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => panel.current?.focus({ preventScroll: true }), []);
  const offered = controller.offered.value;
  const directions = controller.directions.value;
  return (
    <div class="panel surface" ref={panel} tabIndex={-1} role="dialog" aria-label={t('translation')}>
      <Head controller={controller} />
      <LanguageChoice
        from={controller.from.value}
        to={controller.language.value}
        unwritten={offered && ((tag) => !writesLanguage(offered.offer, tag))}
        onFrom={(tag) => void controller.setFrom(tag)}
        onTo={(tag) => void controller.setLanguage(tag)}
        onSwap={() => void controller.swap()}
      />
      <div class="outcome">
        {directions !== undefined && (
          <DirectionChoice
            directions={directions}
            to={controller.language.value}
            onTo={(tag) => void controller.setDirection(tag)}
          />
        )}
        <Outcome controller={controller} />
      </div>
      <BubbleActions controller={controller} speech={speech} />
    </div>
  );
}

/** Apart from the panel: it is drawn again with every token, and the lists of languages are not. */
function Outcome({ controller }: { controller: BubbleModel }) {
  const offered = controller.offered.value;
  const error = controller.failure.value ?? (controller.job.value && errorOf(controller.job.value));
  if (controller.unwritten.value && offered !== undefined) {
    return (
      <UnwrittenNote
        model={offered.model}
        language={controller.language.value}
        onBetter={() => controller.openModels()}
        onAnyway={() => void controller.insist()}
      />
    );
  }
  if (error === undefined) {
    return (
      <>
        <Translation controller={controller} />
        <SentBadge server={controller.job.value?.server} />
      </>
    );
  }
  return <ErrorNote error={error}>{modelsButton(error, () => controller.openModels())}</ErrorNote>;
}

function Head({ controller }: { controller: BubbleModel }) {
  const drag = useMemo(() => dragBy((x, y) => controller.moveBy(x, y)), [controller]);
  const pinned = controller.pinned.value;
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
        onClick={() => controller.translatePage()}
      >
        <Icon name="translate" />
      </button>
      <button
        type="button"
        class={`button quiet icon${pinned ? ' on' : ''}`}
        aria-label={t('pin')}
        aria-pressed={pinned}
        title={t(pinned ? 'unpin' : 'pin')}
        onClick={() => controller.pin(!pinned)}
      >
        <Icon name="pin" />
      </button>
      <button
        type="button"
        class="button quiet icon"
        aria-label={t('close')}
        title={t('close')}
        onClick={() => controller.close()}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}

function Translation({ controller }: { controller: BubbleModel }) {
  const job = controller.job.value;
  const text = answerOf(controller.job.value);
  const busy = controller.busy.value;
  const swappedText = controller.swappedText.value;
  const entry = job?.kind === 'translation' ? job.entry : undefined;
  return (
    <div class="translation">
      {swappedText !== undefined && (
        <p class="small soft given" dir="auto">
          {t('swapped-text')} {swappedText}
        </p>
      )}
      <div aria-live="polite" aria-busy={busy}>
        {entry !== undefined && <EntryView entry={entry} language={controller.language.value} />}
        {text !== '' && entry === undefined && (
          <p class="text" dir="auto" lang={controller.language.value}>
            {text}
          </p>
        )}
        {controller.same.value && (
          <p class="soft">
            {t('language-same', { language: ownName(controller.language.value) })}{' '}
            {controller.from.value !== undefined && t('language-wrong')}
          </p>
        )}
        {text === '' && job?.progress.phase === 'done' && <p class="soft">{t('empty')}</p>}
        {job !== undefined && wasCut(job) && <p class="soft small">{t('cut')}</p>}
        {!busy && <MissedTerms controller={controller} />}
        {!busy && job?.kind === 'translation' && job.lost !== undefined && (
          <p class="small">{t('claims-lost', { claims: job.lost.join(' · ') })}</p>
        )}
        {controller.keepable.value && (
          <KeepWord kept={controller.kept.value} onPress={() => void controller.keep()} />
        )}
        {controller.stuck.value !== undefined && (
          <p class="soft small">{t(`${controller.stuck.value}-stuck`)}</p>
        )}
      </div>
      {busy && !controller.same.value && <Progress controller={controller} />}
      {!busy && controller.from.value === undefined && text !== '' && (
        <p class="soft small">{t('language-ask')}</p>
      )}
    </div>
  );
}

function Progress({ controller }: { controller: BubbleModel }) {
  const job = controller.job.value;
  const part = job?.kind === 'translation' ? job.part : undefined;
  const reading = job && readingOf(job);
  if (part === undefined && answerOf(controller.job.value) !== '') return null;
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

function MissedTerms({ controller }: { controller: BubbleModel }) {
  const job = controller.job.value;
  const missed = (job?.kind === 'translation' && job.terms?.filter(({ kept }) => !kept)) || [];
  if (missed.length === 0 || underWay(job)) return null;
  return (
    <div class="missed small">
      <Icon name="warning" />
      <p>
        {t('terms-missed', { n: missed.length })}{' '}
        {missed.map(({ term }) => (
          <span key={term} class="pair" dir="auto">
            {term}
          </span>
        ))}
      </p>
    </div>
  );
}
