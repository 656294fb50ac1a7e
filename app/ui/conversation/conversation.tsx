/** A conversation: questions and answers. While an answer grows, the view follows its last word. */
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
  /** The jobs of the branch that is shown. */
  readonly jobs: readonly Job[];
  /** Resolves to whether the new question was accepted. */
  onEdit(job: string, text: string): Promise<boolean>;
  /** Shows the branch with this version of a question. */
  onVersion(job: string): void;
  onRegenerate(job: string): void;
  /** Asks again, of all of the page. */
  onReadAll(job: string): void;
  onContinue(job: string): void;
  onModels(): void;
}

/** Pixels from the end within which the view follows the text. Further up, the user is reading. */
const FOLLOW_DISTANCE = 60;

/** Returns a ref for the conversation; the scroll container around it follows the end of the last job. */
function useFollowEnd(jobs: readonly Job[]) {
  const section = useRef<HTMLElement>(null);
  const lastSeen = useRef<string | undefined>(undefined);
  const wasRunning = useRef(false);
  const nearEnd = useRef(true);
  const last = jobs.at(-1);
  useLayoutEffect(() => {
    const scroller = section.current?.closest('.scroller');
    if (scroller === null || scroller === undefined) return;
    // A finished summary that is opened again starts at its beginning.
    const isNew = lastSeen.current !== last?.id && (jobs.length > 1 || underWay(last));
    lastSeen.current = last?.id;
    // When the answer ends, its tools appear below it, so the view follows once more.
    const grew = underWay(last) || wasRunning.current;
    wasRunning.current = underWay(last);
    // Quotes are read from their beginning, and the model's words begin where they began.
    const quoting = last !== undefined && last.kind !== 'translation' && last.quotes !== undefined;
    if (isNew && quoting) section.current?.lastElementChild?.scrollIntoView?.({ block: 'start' });
    else if (!quoting && (isNew || (grew && nearEnd.current))) scroller.scrollTop = scroller.scrollHeight;
  }, [last]);
  useLayoutEffect(() => {
    const scroller = section.current?.closest('.scroller');
    const onScroll = () => {
      if (!scroller) return;
      const below = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
      nearEnd.current = below < FOLLOW_DISTANCE;
    };
    scroller?.addEventListener('scroll', onScroll, { passive: true });
    return () => scroller?.removeEventListener('scroll', onScroll);
  }, []);
  return section;
}

export function ConversationView(props: ConversationProps) {
  const { conversation, jobs, onEdit, onVersion, onRegenerate, onReadAll, onContinue, onModels } = props;
  const section = useFollowEnd(jobs);
  const last = jobs.at(-1);
  const leftOut = turnsLeftOut(jobs);
  return (
    <section class="conversation" aria-label={t('conversation')} ref={section}>
      {jobs.map((job, index) => (
        <div class={`turn${index < leftOut ? ' left-out' : ''}`} key={job.id}>
          {index === 0 && leftOut > 0 && <p class="left-out-mark small">{t('left-out')}</p>}
          <Question
            job={job}
            versions={versionsAt(conversation, conversation.jobs.indexOf(job.id))}
            onEdit={(text) => onEdit(job.id, text)}
            onVersion={onVersion}
          />
          <Answer
            job={job}
            lang={job.kind === 'summary' ? (job.request.language ?? conversation.page?.lang) : undefined}
            onModels={onModels}
            onRegenerate={job === last ? () => onRegenerate(job.id) : undefined}
            onReadAll={job === last ? () => onReadAll(job.id) : undefined}
            onContinue={job === last ? () => onContinue(job.id) : undefined}
          />
        </div>
      ))}
    </section>
  );
}
