/** One answer: its progress, its text, and what can be done with it. */
import type { ComponentChildren } from 'preact';
import {
  type ChatJob,
  errorOf,
  type Job,
  type PageCoverage,
  partsLeft,
  type SummaryJob,
  wasCut,
} from '../../protocol/types.ts';
import { number, percent, t } from '../../i18n/index.ts';
import { CopyButton } from '../kit/copy-button.tsx';
import { SentBadge } from '../kit/badges/sent-badge.tsx';
import { ErrorNote } from '../kit/error-note.tsx';
import { Icon } from '../kit/icons.tsx';
import { canGoOn, outOfRoom, readingOf, underWay, workText } from '../state/job-reducer.ts';
import { Prose } from './markdown/prose.tsx';
import { ClaimsNote } from './notes/claims-note.tsx';
import { QuotedNote, QuoteList } from './quotes.tsx';
import { PartsProgress, SummaryText, SummaryTools } from './summary-view.tsx';

interface AnswerProps {
  readonly job: Job;
  /** BCP 47; undefined if unknown. A screen reader chooses its voice by it. */
  readonly lang?: string | undefined;
  /** Present for the last answer of a conversation only. */
  readonly onRegenerate?: (() => void) | undefined;
  /** Asks again, of all of the page. Present for the last answer of a conversation only. */
  readonly onReadAll?: (() => void) | undefined;
  /** Present for the last answer of a conversation only. */
  readonly onContinue?: (() => void) | undefined;
  onModels(): void;
}

export function Answer({ job, lang, onRegenerate, onReadAll, onContinue, onModels }: AnswerProps) {
  const running = underWay(job);
  const { progress } = job;
  const error = errorOf(job);
  const inParts = job.kind === 'summary' && job.rounds !== undefined;
  const continueButton = onContinue !== undefined && canGoOn(job) && <ContinueButton onClick={onContinue} />;
  return (
    <article class="answer" aria-busy={running} aria-label={t('linnet')}>
      {job.kind !== 'translation' && job.coverage !== undefined && (
        <Coverage
          {...job.coverage}
          excerpts={job.kind === 'chat' ? job.excerpts : undefined}
          onReadAll={running ? undefined : onReadAll}
        />
      )}
      {job.kind === 'chat' && job.forgotten !== undefined && (
        <p class="aside">{t('forgotten', { n: job.forgotten })}</p>
      )}
      {isQuoted(job) && <QuotedNote job={job} onModels={onModels} />}
      {job.kind === 'summary' ? (
        <SummaryText job={job} lang={lang} />
      ) : isQuoted(job) ? (
        <QuoteList quotes={job.quotes ?? []} />
      ) : (
        job.text.trim() !== '' && <Prose text={job.text} growing={running} />
      )}
      {job.kind !== 'translation' && job.claims !== undefined && <ClaimsNote {...job.claims} />}
      {running && (inParts ? <PartsProgress job={job} /> : <Progress job={job} />)}
      {progress.phase === 'done' && job.text.trim() === '' && !isQuoted(job) && (
        <p class="soft">{t(progress.onlyThought === true ? 'only-thought' : 'empty')}</p>
      )}
      <SentBadge server={job.server} />
      {job.unsaved === true && (
        <p class="aside" role="status">
          <Icon name="warning" />
          <span>{t('unsaved')}</span>
        </p>
      )}
      {job.precise === true && <p class="aside">{t('precise')}</p>}
      {wasCut(job) && <p class="aside">{t(outOfRoom(job) ? 'cut-room' : 'cut')}</p>}
      {progress.phase === 'stopped' && <p class="small soft">{t('status-stopped')}</p>}
      {progress.phase === 'interrupted' && <p class="aside">{t('status-interrupted')}</p>}
      {error !== undefined && (
        <ErrorNote error={error}>
          {continueButton}
          {onRegenerate !== undefined && (
            <button type="button" class="button little" onClick={onRegenerate}>
              <Icon name="again" />
              {againLabel(job, 'retry')}
            </button>
          )}
          {(error.code === 'no-model' || error.code.startsWith('server-')) && (
            <button type="button" class="button little" onClick={onModels}>
              {t(error.code === 'no-model' ? 'model-choose' : 'models')}
            </button>
          )}
        </ErrorNote>
      )}
      {!running && error === undefined && (
        <Tools job={job} onRegenerate={onRegenerate} continueButton={continueButton} />
      )}
    </article>
  );
}

/** Whether the answer has no words but the page's. */
const isQuoted = (job: Job): job is (SummaryJob | ChatJob) & { readonly quoted: true } =>
  job.kind !== 'translation' && job.quoted === true;

function ContinueButton({ onClick }: { onClick(): void }) {
  return (
    <button type="button" class="button quiet little" onClick={onClick}>
      <Icon name="play" />
      {t('continue-answer')}
    </button>
  );
}

/** Label of the button that makes the answer again. A long page continues at the part where it stopped. */
function againLabel(job: Job, otherwise: 'retry' | 'regenerate'): string {
  if (isQuoted(job)) return t(job.kind === 'summary' ? 'quotes-with-model' : 'offer-ask-anyway');
  const last = job.kind === 'summary' && partsLeft(job) ? job.rounds?.at(-1) : undefined;
  return last === undefined ? t(otherwise) : t('continue-part', { n: last.points.length + 1 });
}

interface CoverageProps extends PageCoverage, Pick<ChatJob, 'excerpts'>, Pick<AnswerProps, 'onReadAll'> {}

/** Says how much of a long page was read, and how the excerpts were chosen. */
function Coverage({ used, total, sooner, excerpts, onReadAll }: CoverageProps) {
  const share = { percent: percent(used / total) };
  return (
    <p class="aside">
      <Icon name="page" />
      <span>
        {sooner === true
          ? t('coverage-sooner', share)
          : excerpts === undefined
            ? t('coverage', share)
            : t(`coverage-${excerpts.by}`, { ...share, n: excerpts.ranges.length })}
        {sooner === true && onReadAll !== undefined && (
          <>
            {' '}
            <button type="button" class="link" onClick={onReadAll}>
              {t('read-all')}
            </button>
          </>
        )}
      </span>
    </p>
  );
}

/** Says what the job is doing. The bar has a value while the prompt is read, and is indeterminate before. */
function Progress({ job }: { job: Job }) {
  const { progress, tokensPerSecond = 0 } = job;
  if (progress.phase === 'writing') {
    return (
      <p class="working soft small">
        <span class="pulse" aria-hidden="true" />
        {t(workText(job))} {tokensPerSecond > 0 && t('rate', { rate: number(tokensPerSecond, 1) })}
      </p>
    );
  }
  const reading = readingOf(job);
  return (
    <div class="working stack soft small">
      <p>
        {t(workText(job))} {reading && t('reading-progress', { done: reading.done, total: reading.total })}
      </p>
      <progress class="bar" aria-hidden="true" value={reading && reading.done / reading.total} max={1} />
    </div>
  );
}

interface ToolsProps extends Pick<AnswerProps, 'job' | 'onRegenerate'> {
  readonly continueButton: ComponentChildren;
}

function Tools({ job, onRegenerate, continueButton }: ToolsProps) {
  return (
    <div class="tools row">
      {job.kind === 'summary' ? (
        <SummaryTools job={job} />
      ) : (
        job.text !== '' && <CopyButton text={job.text} />
      )}
      {continueButton}
      {onRegenerate !== undefined && (
        <button type="button" class="button quiet little" onClick={onRegenerate}>
          <Icon name="again" />
          {againLabel(job, 'regenerate')}
        </button>
      )}
      <AnswerFacts job={job} />
    </div>
  );
}

/** The model, the number of tokens and the speed, folded away. */
function AnswerFacts({ job: { model = '', tokens = 0, tokensPerSecond = 0 } }: { job: Job }) {
  if (tokens === 0) return null;
  const facts = [
    model,
    t('tokens', { n: tokens }),
    tokensPerSecond > 0 && t('rate', { rate: number(tokensPerSecond, 1) }),
  ];
  return (
    <details class="answer-facts small soft">
      <summary>{t('details')}</summary>
      <p>
        <bdi>{facts.filter(Boolean).join(' · ')}</bdi>
      </p>
      <p>{t('tokens-hint')}</p>
    </details>
  );
}
