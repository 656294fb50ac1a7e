/**
 * Sentences of the page itself in a summary: they stand there until the model has written its first point, and can be
 * read again afterwards. Where there is no model, they are the answer.
 */
import type { ComponentChildren } from 'preact';
import { useContext, useLayoutEffect, useRef } from 'preact/hooks';
import { hasPoint, showsPreliminary } from '../../text/parts/preliminary.ts';
import { type ChatJob, isOver, type SummaryJob } from '../../protocol/types.ts';
import { t } from '../../i18n/index.ts';
import { Icon } from '../kit/icons.tsx';
import { PageActions } from './page-context.ts';

interface AroundQuotesProps {
  readonly job: SummaryJob;
  /** What the model has written. */
  readonly children: ComponentChildren;
}

/** Shows the quotes, the model's words, or the words above the folded quotes. */
export function AroundQuotes({ job, children }: AroundQuotesProps) {
  const { quotes, quoted, practice } = job;
  const words = job.text.trim() !== '' || showsPreliminary(job);
  if (quotes === undefined) return <>{children}</>;
  if (quoted === true) return <QuoteList quotes={quotes} />;
  if (practice === true || (isOver(job) && !words)) {
    return (
      <>
        <Quotes quotes={quotes} label="quotes-again" />
        {words && <p class="small soft">{t('quotes-practice')}</p>}
        {children}
      </>
    );
  }
  if (!isOver(job)) return <Replaced job={job} quotes={quotes} words={children} />;
  return (
    <>
      {children}
      <details class="quotes-again small">
        <summary>{t('quotes-again')}</summary>
        <QuoteList quotes={quotes} />
      </details>
    </>
  );
}

interface ReplacedProps {
  readonly job: SummaryJob;
  readonly quotes: readonly string[];
  readonly words: ComponentChildren;
}

/**
 * The quotes, and in their place the words as soon as a point is complete. Both lie in the same cell, so what is below
 * does not move when one takes the place of the other.
 */
function Replaced({ job, quotes, words }: ReplacedProps) {
  const written = hasPoint(job.text) || showsPreliminary(job);
  const before = useRef<HTMLDivElement>(null);
  const after = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    // The browser would move the focus of a hidden quote to the document.
    if (written && before.current?.contains(document.activeElement) === true)
      after.current?.focus({ preventScroll: true });
  }, [written]);
  return (
    <div class="replaced">
      <div class={written ? 'gone' : ''} aria-hidden={written} ref={before}>
        <Quotes quotes={quotes} label="quotes-meanwhile" />
      </div>
      {written && (
        <div ref={after} tabIndex={-1} data-keeps-focus="">
          {words}
        </div>
      )}
    </div>
  );
}

function Quotes({
  quotes,
  label,
}: {
  quotes: readonly string[];
  label: 'quotes-meanwhile' | 'quotes-again';
}) {
  return (
    <div class="stack">
      <p class="small soft">{t(label)}</p>
      <QuoteList quotes={quotes} />
    </div>
  );
}

/** Each sentence leads to its place on the page. */
export function QuoteList({ quotes }: { quotes: readonly string[] }) {
  const actions = useContext(PageActions);
  if (quotes.length === 0) return null;
  return (
    <ul class="quotes" dir="auto" lang={actions?.page?.lang}>
      {quotes.map((quote) => (
        <li key={quote}>
          <button
            type="button"
            class="quote"
            aria-description={t('passage-show')}
            disabled={actions === undefined}
            onClick={() => actions?.showPassage(quote)}
          >
            <q>{quote}</q>
            <Icon name="find" />
          </button>
        </li>
      ))}
    </ul>
  );
}

interface QuotedNoteProps {
  readonly job: SummaryJob | ChatJob;
  onModels(): void;
}

/** Says that an answer has no words but the page's, or that the page has none for it, and leads to the models. */
export function QuotedNote({ job, onModels }: QuotedNoteProps) {
  const { notAsked: name } = job;
  return (
    <p class="small soft">
      {name === undefined ? t('quotes-only') : t(notAskedText(job), { name })}{' '}
      <button type="button" class="link" onClick={onModels}>
        {t(name === undefined ? 'model-choose' : 'offer-better')}
      </button>
    </p>
  );
}

function notAskedText({ kind, quotes = [] }: SummaryJob | ChatJob) {
  if (kind === 'summary') return 'quotes-not-asked';
  return quotes.length > 0 ? 'quotes-answer' : 'quotes-no-answer';
}
