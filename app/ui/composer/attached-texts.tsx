/** The texts attached to the next question, and why one could not be attached. */
import { bytes, number, t } from '../../i18n/index.ts';
import type { AttachedText } from '../../protocol/files.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { AttachmentProblem, Attachments } from '../state/attachments.ts';
import { AttachmentChip } from './attachment-chip.tsx';

interface AttachedTextsProps {
  readonly attachments: Attachments;
  /** Characters for which the field has room. */
  readonly room: number;
  onInsert(attached: AttachedText): void;
}

export function AttachedTexts({ attachments, room, onInsert }: AttachedTextsProps) {
  const problem = attachments.problem.value;
  const list = attachments.list.value;
  return (
    <>
      {list.length > 0 && (
        <ul class="attachments" aria-label={t('attached-list')}>
          {list.map((attached) => (
            <li key={attached.id}>
              <AttachmentChip
                attached={attached}
                fits={attached.text.length <= room}
                onRemove={(id) => attachments.remove(id)}
                onInsert={onInsert}
              />
            </li>
          ))}
        </ul>
      )}
      <p class="attach-problem small" role="status">
        {problem !== undefined && problemText(problem)}
      </p>
    </>
  );
}

function problemText(problem: AttachmentProblem): string {
  if (problem.kind === 'many') return t('attach-many', { n: LIMITS.attachments });
  if (problem.kind === 'not-text') return t('attach-not-text', { name: problem.name });
  return t('attach-long', { size: bytes(problem.n), most: bytes(LIMITS.attached) });
}

/** Says that only the beginning of a long question is kept. */
export function DraftNote({ characters, most }: { characters: number; most: number }) {
  if (characters <= most) return null;
  return (
    <p class="small soft" role="status">
      {t('draft-long', { n: number(most) })}
    </p>
  );
}
