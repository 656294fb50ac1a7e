/** Tells a screen reader about the progress of the newest job; the answer is read out once it is complete. */
import type { Job } from '../../protocol/types.ts';
import { t } from '../../i18n/index.ts';
import { partLabel } from '../conversation/summary-view.tsx';

export function Announcer({ job }: { job: Job | undefined }) {
  return (
    <div class="hidden-visually" role="status" aria-live="polite">
      {announcement(job)}
    </div>
  );
}

function announcement(job: Job | undefined): string {
  if (job === undefined) return '';
  const { phase } = job.progress;
  // An error note is an alert already.
  if (phase === 'failed') return '';
  if (phase === 'done') return `${t('status-done')}. ${job.text}`;
  // Said once: it is the same for every part that follows, and while they are put together.
  if (
    job.kind === 'summary' &&
    job.preliminary !== undefined &&
    phase !== 'stopped' &&
    phase !== 'interrupted'
  )
    return t('preliminary-there');
  return `${partLabel(job)} ${t(`status-${phase}`)}`;
}
