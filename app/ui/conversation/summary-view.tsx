/** A summary: its text, with a button from each key point to its passage, and the notes on the parts of a long page. */
import { useContext, useState } from 'preact/hooks';
import { keyPoints } from '../../text/key-points.ts';
import { notesInOrder, shareRead } from '../../text/parts/parts.ts';
import { showsPreliminary } from '../../text/parts/preliminary.ts';
import {
  isOver,
  type Job,
  partsLeft,
  type PreliminarySummary,
  type SummaryJob,
} from '../../protocol/types.ts';
import { number, percent, t } from '../../i18n/index.ts';
import { CopyButton } from '../kit/copy-button.tsx';
import { Icon } from '../kit/icons.tsx';
import { readingOf, workText } from '../state/job-reducer.ts';
import { Prose } from './markdown/prose.tsx';
import { PageActions } from './page-context.ts';
import { AroundQuotes } from './quotes.tsx';
import { partsState, summaryAsMarkdown, summaryAsText } from './summary-text.ts';

/** `lang`: BCP 47, of the summary. */
export function SummaryText({ job, lang }: { job: SummaryJob; lang?: string | undefined }) {
  const { rules = [], rounds = [] } = job;
  const over = isOver(job);
  return (
    <>
      <AroundQuotes job={job}>
        <Words job={job} lang={lang} />
      </AroundQuotes>
      {over && partsLeft(job) && !showsPreliminary(job) && job.text.trim() !== '' && (
        <p class="aside">{shareRead(rounds) > 0 ? preliminaryLabel(job) : t('parts-left')}</p>
      )}
      {rules.map((rule) => (
        <p key={rule} class="aside">
          {t(`rule-${rule}`)}
        </p>
      ))}
      {over && rounds.some(({ cut }) => cut !== undefined) && <p class="aside">{t('parts-cut')}</p>}
      {over && <Notes job={job} />}
    </>
  );
}

/**
 * What the model has written; key points lead to their passages once all are there. Until it writes about the whole of a long
 * page, what its parts so far say.
 */
function Words({ job, lang }: { job: SummaryJob; lang: string | undefined }) {
  const { text, passages } = job;
  if (showsPreliminary(job)) return <Preliminary job={job} {...job.preliminary} />;
  if (text.trim() === '') return null;
  if (isOver(job) && passages !== undefined)
    return <KeyPoints job={job} points={keyPoints(text)} passages={passages} lang={lang} />;
  return (
    <div lang={lang}>
      <Prose text={text} growing={!isOver(job)} />
    </div>
  );
}

interface PreliminaryProps extends PreliminarySummary {
  readonly job: SummaryJob;
}

/** Its points are in the page's language, and lead to their passages already. */
function Preliminary({ job, text, passages }: PreliminaryProps) {
  const lang = useContext(PageActions)?.page?.lang;
  return (
    <div class="preliminary stack">
      {isOver(job) ? (
        <p class="aside">
          <Icon name="page" />
          <span>{preliminaryLabel(job)}</span>
        </p>
      ) : (
        <p class="small soft">{preliminaryLabel(job)}</p>
      )}
      <KeyPoints job={job} points={keyPoints(text)} passages={passages} lang={lang} />
    </div>
  );
}

/** How much of the page it is from, and whether Linnet goes on. */
function preliminaryLabel(job: SummaryJob): string {
  const share = { percent: percent(shareRead(job.rounds ?? [])) };
  if (!partsLeft(job)) return t(isOver(job) ? 'preliminary-all' : 'preliminary-joining');
  return t(isOver(job) ? 'preliminary-kept' : 'preliminary', share);
}

interface KeyPointsProps {
  readonly job: SummaryJob;
  readonly points: readonly string[];
  readonly passages: NonNullable<SummaryJob['passages']>;
  readonly lang: string | undefined;
}

function KeyPoints({ job, points, passages, lang }: KeyPointsProps) {
  const actions = useContext(PageActions);
  const { pageLanguage, sought = [] } = job;
  const missing = points.map((_, index) => index).filter((index) => (passages[index] ?? null) === null);
  const searchable = pageLanguage === undefined ? [] : missing.filter((index) => !sought.includes(index));
  return (
    <>
      <ul class="prose points" dir="auto" lang={lang}>
        {points.map((point, index) => {
          const passage = passages[index] ?? null;
          return (
            <li key={point}>
              {searchable.includes(index) && actions !== undefined ? (
                <SearchablePassage point={point} seek={() => actions.seekPassage(job.id, index)} />
              ) : passage === null ? (
                <MissingPassage point={point} />
              ) : (
                <button
                  type="button"
                  class="point"
                  title={passage}
                  aria-description={t('passage-show')}
                  disabled={actions === undefined}
                  onClick={() => actions?.showPassage(passage)}
                >
                  <span>{point}</span>
                  <Icon name="find" />
                </button>
              )}
            </li>
          );
        })}
      </ul>
      {searchable.length > 0 && <p class="aside">{t('passage-seek-hint')}</p>}
      {missing.length > searchable.length && <p class="aside">{t('passage-none-hint')}</p>}
    </>
  );
}

/** A point in another language than the page. Its passage is searched on demand, because that takes the model's time. */
function SearchablePassage({ point, seek }: { point: string; seek(): Promise<void> }) {
  const [seeking, setSeeking] = useState(false);
  const search = () => {
    setSeeking(true);
    void seek().finally(() => setSeeking(false));
  };
  return (
    <button type="button" class="point open" aria-busy={seeking} disabled={seeking} onClick={search}>
      <span>
        {point}
        <small class="soft">{t(seeking ? 'passage-seeking' : 'passage-seek')}</small>
      </span>
      <Icon name="find" />
    </button>
  );
}

function MissingPassage({ point }: { point: string }) {
  return (
    <div class="point without">
      {point}
      <small class="soft">{t('passage-none')}</small>
    </div>
  );
}

/** The notes that the summary of a long page was made from, in the order of the page. */
function Notes({ job: { rounds } }: { job: SummaryJob }) {
  const [page] = rounds ?? [];
  if (page === undefined || page.points.length === 0) return null;
  const { cut = [] } = page;
  return (
    <details class="notes small">
      <summary>{t('parts-read', { n: page.points.length })}</summary>
      <ol>
        {notesInOrder(page).map(({ points, part }) => (
          <li key={part} value={part + 1}>
            {points === '' ? t('part-empty') : <Prose text={points} />}
            {cut.includes(part) && <p class="aside">{t('part-cut')}</p>}
          </li>
        ))}
      </ol>
    </details>
  );
}

/** Names the part that is being read; empty for a page that is read at once. */
export function partLabel(job: Job): string {
  const state = partsState(job);
  if (state === undefined) return '';
  if (state.kind === 'whole') return t('whole-of-parts', { n: state.of });
  return t(state.kind === 'page' ? 'part-of' : 'notes-part-of', { n: state.part, total: state.of });
}

/** Says which part is being read, and shows the progress of all parts. */
export function PartsProgress({ job }: { job: Job }) {
  const state = partsState(job);
  if (state === undefined) return null;
  const { progress, tokensPerSecond = 0 } = job;
  const label = partLabel(job);
  const reading = readingOf(job);
  return (
    <div class="working stack soft small">
      <p>
        <strong>{label}</strong>
        {' · '}
        {t(workText(job))} {reading && t('reading-progress', { done: reading.done, total: reading.total })}
        {progress.phase === 'writing' &&
          tokensPerSecond > 0 &&
          t('rate', { rate: number(tokensPerSecond, 1) })}
      </p>
      <progress class="bar" aria-label={label} value={state.done} max={1} />
    </div>
  );
}

/** Tools that only summaries have. */
export function SummaryTools({ job }: { job: Job }) {
  const actions = useContext(PageActions);
  return (
    <>
      {job.text.trim() !== '' && (
        <>
          <CopyButton text={summaryAsText(job)} />
          <CopyButton text={summaryAsMarkdown(job, actions?.page)} label={t('copy-markdown')} />
        </>
      )}
      {actions !== undefined && (
        <button type="button" class="button quiet little" onClick={() => actions.askAbout()}>
          <Icon name="chat" />
          {t('ask-page')}
        </button>
      )}
    </>
  );
}
