/** A question: its text, a form to edit it, and buttons to switch between its versions. */
import { useState } from 'preact/hooks';
import { bytes, number, ownName, t } from '../../i18n/index.ts';
import type { Job, SummaryRequest, SummaryStyle } from '../../protocol/types.ts';
import { Icon } from '../kit/icons.tsx';
import { IconButton } from '../kit/icon-button.tsx';
import { questionText } from '../../text/question-text.ts';
import { FIELD_LONGEST } from '../state/attachments.ts';
import { underWay } from '../state/job-reducer.ts';
import { onEscape, useFocus } from '../kit/use-focus.ts';

/** Characters of a question that are shown at first. */
const SHOWN = 2000;

export const styleLabel = ({ type, length }: SummaryStyle): string =>
  t('summary-of', { type: t(`type-${type}`), length: t(`length-${length}`) });

const summaryLabel = ({ style, language }: SummaryRequest): string =>
  language === undefined ? styleLabel(style) : `${styleLabel(style)} · ${ownName(language)}`;

export interface QuestionProps {
  readonly job: Job;
  /** Ids of all versions of this question, oldest first. */
  readonly versions: readonly string[];
  /** Resolves to whether the new question was accepted. */
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
          {/* Its own `dir` keeps it from deciding the direction of the question. */}
          <span class="hidden-visually" dir="auto">
            {t('you')}:{' '}
          </span>
          <LongText text={questionText(request)} />
        </p>
      )}
      {request.kind === 'chat' && request.attached !== undefined && (
        <ul class="attached-to small soft" aria-label={t('attached-list')}>
          {request.attached.map(({ id, name, characters }) => (
            <li key={id}>
              <Icon name="page" />
              <bdi>{name ?? t('attached-paste')}</bdi> <bdi>{bytes(characters)}</bdi>
            </li>
          ))}
        </ul>
      )}
      {request.kind === 'chat' && request.alone === true && <p class="small soft">{t('without-page')}</p>}
      {(canEdit || versions.length > 1) && (
        <div class="asked-tools">
          {versions.length > 1 && <Versions job={job.id} versions={versions} onVersion={onVersion} />}
          {canEdit && (
            <IconButton icon="pencil" label={t('edit-question')} little onClick={() => setEditing(true)} />
          )}
        </div>
      )}
    </div>
  );
}

/** A text that is shown whole on request only. */
function LongText({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  if (whole || text.length <= SHOWN) return <>{text}</>;
  return (
    <>
      {text.slice(0, SHOWN)}…{' '}
      <button type="button" class="link" onClick={() => setWhole(true)}>
        {t('question-more')}
      </button>
    </>
  );
}

interface VersionsProps {
  readonly job: string;
  readonly versions: readonly string[];
  onVersion(job: string): void;
}

function Versions({ job, versions, onVersion }: VersionsProps) {
  const index = versions.indexOf(job);
  const step = (to: number, icon: 'back' | 'next', label: string) => (
    <IconButton
      icon={icon}
      label={label}
      little
      disabled={versions[to] === undefined}
      onClick={() => onVersion(versions[to]!)}
    />
  );
  return (
    <>
      {step(index - 1, 'back', t('version-earlier'))}
      <span class="small soft">{t('version', { n: index + 1, of: number(versions.length) })}</span>
      {step(index + 1, 'next', t('version-later'))}
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
  const longest = Math.max(FIELD_LONGEST, before.length);
  const question = text.trim();
  const send = async () => {
    setSending(true);
    await onSend(question);
    setSending(false);
  };
  return (
    <form
      class="edit stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (question !== '' && !sending) void send();
      }}
      onKeyDown={onEscape(onCancel)}
    >
      <textarea
        class="field"
        dir="auto"
        rows={Math.min(6, text.slice(0, 1000).split('\n').length + 1)}
        value={text}
        aria-label={t('edit-question-label')}
        ref={field}
        maxLength={longest}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <p class="small soft">{t('edit-hint')}</p>
      {text.length >= longest && (
        <p class="small soft" role="status">
          {t('question-long', { n: number(longest) })}
        </p>
      )}
      <div class="row">
        <button type="submit" class="button primary little" disabled={question === '' || sending}>
          {t('edit-send')}
        </button>
        <button type="button" class="button little" onClick={onCancel}>
          {t('cancel')}
        </button>
      </div>
    </form>
  );
}
