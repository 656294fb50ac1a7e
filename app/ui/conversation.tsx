/** A conversation: questions and answers, kept in sight of the last word while it grows. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Job } from '../protocol/types.ts';
import { t } from '../i18n/index.ts';
import { Answer, Question } from './answer.tsx';
import { underWay } from './job-state.ts';

interface ConversationProps {
  readonly jobs: readonly Job[];
  onRegenerate(job: string): void;
  onModels(): void;
}

/** Pixels from the end within which the view follows the text; further up, somebody reads. */
const NEAR = 60;

export function ConversationView({ jobs, onRegenerate, onModels }: ConversationProps) {
  const end = useRef<HTMLDivElement>(null);
  const last = jobs.at(-1);
  const asked = useRef<string | undefined>(undefined);
  useLayoutEffect(() => {
    const scroller = end.current?.closest('.scroller');
    if (scroller === null || scroller === undefined) return;
    // A summary that is opened again is read from its beginning.
    const fresh = asked.current !== last?.id && (jobs.length > 1 || underWay(last));
    asked.current = last?.id;
    const gap = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
    if (fresh || (underWay(last) && gap < NEAR + 40)) scroller.scrollTop = scroller.scrollHeight;
  }, [last]);
  return (
    <section class="conversation" aria-label={t('conversation')}>
      {jobs.map((job) => (
        <div class="turn" key={job.id}>
          <Question job={job} />
          <Answer
            job={job}
            onModels={onModels}
            {...(job === last ? { onRegenerate: () => onRegenerate(job.id) } : {})}
          />
        </div>
      ))}
      <div ref={end} />
    </section>
  );
}
