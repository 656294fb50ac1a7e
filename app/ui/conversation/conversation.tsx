/** A conversation: questions and answers, kept in sight of the last word while it grows. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Conversation, Job } from '../../protocol/types.ts';
import { t } from '../../i18n/index.ts';
import { versionsAt } from '../../protocol/branches.ts';
import { Answer } from './answer.tsx';
import { turnsLeftOut } from '../state/context-use.ts';
import { underWay } from '../state/job-reducer.ts';
import { Question } from './question.tsx';

interface ConversationProps {
  readonly conversation: Conversation;
  /** Those of the branch that is shown. */
  readonly jobs: readonly Job[];
  /** Whether the question was taken. */
  onEdit(job: string, text: string): Promise<boolean>;
  /** Shows the branch with this version of a question. */
  onVersion(job: string): void;
  onRegenerate(job: string): void;
  onContinue(job: string): void;
  onModels(): void;
}

/** Pixels from the end within which the view follows the text; further up, somebody reads. */
const NEAR = 60;

export function ConversationView(props: ConversationProps) {
  const { conversation, jobs, onEdit, onVersion, onRegenerate, onContinue, onModels } = props;
  const section = useRef<HTMLElement>(null);
  const last = jobs.at(-1);
  const asked = useRef<string | undefined>(undefined);
  const ran = useRef(false);
  const near = useRef(true);
  useLayoutEffect(() => {
    const scroller = section.current?.closest('.scroller');
    if (scroller === null || scroller === undefined) return;
    // A summary that is opened again is read from its beginning.
    const fresh = asked.current !== last?.id && (jobs.length > 1 || underWay(last));
    asked.current = last?.id;
    // Also at the moment it ends, when what can be done with it comes beneath it.
    const grew = underWay(last) || ran.current;
    ran.current = underWay(last);
    if (fresh || (grew && near.current)) scroller.scrollTop = scroller.scrollHeight;
  }, [last]);
  useLayoutEffect(() => {
    const scroller = section.current?.closest('.scroller');
    const look = () => {
      if (scroller) near.current = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
    };
    scroller?.addEventListener('scroll', look, { passive: true });
    return () => scroller?.removeEventListener('scroll', look);
  }, []);
  const leftOut = turnsLeftOut(jobs);
  return (
    <section class="conversation" aria-label={t('conversation')} ref={section}>
      {jobs.map((job, place) => (
        <div class={`turn${place < leftOut ? ' left-out' : ''}`} key={job.id}>
          {place === 0 && leftOut > 0 && <p class="left-out-mark small">{t('left-out')}</p>}
          <Question
            job={job}
            versions={versionsAt(conversation, conversation.jobs.indexOf(job.id))}
            onEdit={(text) => onEdit(job.id, text)}
            onVersion={onVersion}
          />
          <Answer
            job={job}
            lang={
              job.request.kind === 'summary' ? (job.request.language ?? conversation.page?.lang) : undefined
            }
            onModels={onModels}
            {...(job === last
              ? { onRegenerate: () => onRegenerate(job.id), onContinue: () => onContinue(job.id) }
              : {})}
          />
        </div>
      ))}
    </section>
  );
}
