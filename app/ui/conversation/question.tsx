/** What was asked: the words, a way to ask them differently, and the way between the versions. */
import { useState } from 'preact/hooks';
import { number, ownName, t } from '../../i18n/index.ts';
import type { Job, SummaryRequest, SummaryStyle } from '../../protocol/types.ts';
import { Icon } from '../kit/icons.tsx';
import { underWay } from '../state/job-reducer.ts';
import { onEscape, useFocus } from '../kit/use-focus.ts';

export const styleLabel = ({ type, length }: SummaryStyle): string =>
  t('summary-of', { type: t(`type-${type}`), length: t(`length-${length}`) });

const summaryLabel = ({ style, language }: SummaryRequest): string =>
  language === undefined ? styleLabel(style) : `${styleLabel(style)} · ${ownName(language)}`;

export interface QuestionProps {
  readonly job: Job;
  /** Ids of all versions of this question, oldest first. */
  readonly versions: readonly string[];
  /** Whether the question was taken. */
  onEdit(text: string): Promise<boolean>;
  onVersion(job: string): void;
}

export function Question({ job, versions, onEdit, onVersion }: QuestionProps) {
  const [editing, setEditing] = useState(false);
  const { request } = job;
  if (editing && request.kind === 'chat') {
    return (
      <EditForm
        text={request.text}
        onCancel={() => setEditing(false)}
        onSend={async (text) => {
          if (await onEdit(text)) setEditing(false);
        }}
      />
    );
  }
  const canEdit = request.kind === 'chat' && !underWay(job);
  return (
    <div class="asked">
      {request.kind === 'summary' ? (
        <h2 class="question summary">{summaryLabel(request)}</h2>
      ) : (
        <p class="question" dir="auto">
          {/* With a direction of its own it does not count for that of the question. */}
          <span class="hidden-visually" dir="auto">
            {t('you')}:{' '}
          </span>
          {request.text}
        </p>
      )}
      {request.kind === 'chat' && request.alone === true && <p class="small soft">{t('without-page')}</p>}
      {(canEdit || versions.length > 1) && (
        <div class="asked-tools">
          {versions.length > 1 && <Versions job={job.id} versions={versions} onVersion={onVersion} />}
          {canEdit && (
            <button
              type="button"
              class="button quiet icon little"
              aria-label={t('edit-question')}
              title={t('edit-question')}
              onClick={() => setEditing(true)}
            >
              <Icon name="pencil" />
            </button>
          )}
        </div>
      )}
    </div>
  );
}

interface VersionsProps {
  readonly job: string;
  readonly versions: readonly string[];
  onVersion(job: string): void;
}

function Versions({ job, versions, onVersion }: VersionsProps) {
  const at = versions.indexOf(job);
  const step = (to: number, icon: 'back' | 'next', label: string) => (
    <button
      type="button"
      class="button quiet icon little"
      aria-label={label}
      title={label}
      disabled={versions[to] === undefined}
      onClick={() => onVersion(versions[to]!)}
    >
      <Icon name={icon} />
    </button>
  );
  return (
    <>
      {step(at - 1, 'back', t('version-earlier'))}
      <span class="small soft">{t('version', { n: at + 1, of: number(versions.length) })}</span>
      {step(at + 1, 'next', t('version-later'))}
    </>
  );
}

interface EditProps {
  readonly text: string;
  onSend(text: string): Promise<void>;
  onCancel(): void;
}

function EditForm({ text: before, onSend, onCancel }: EditProps) {
  const [text, setText] = useState(before);
  const [sending, setSending] = useState(false);
  const field = useFocus<HTMLTextAreaElement>();
  const asked = text.trim();
  const send = async () => {
    setSending(true);
    await onSend(asked);
    setSending(false);
  };
  return (
    <form
      class="edit stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (asked !== '' && !sending) void send();
      }}
      onKeyDown={onEscape(onCancel)}
    >
      <textarea
        class="field"
        dir="auto"
        rows={Math.min(6, text.split('\n').length + 1)}
        value={text}
        aria-label={t('edit-question-label')}
        ref={field}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <p class="small soft">{t('edit-hint')}</p>
      <div class="row">
        <button type="submit" class="button primary little" disabled={asked === '' || sending}>
          {t('edit-send')}
        </button>
        <button type="button" class="button little" onClick={onCancel}>
          {t('cancel')}
        </button>
      </div>
    </form>
  );
}
