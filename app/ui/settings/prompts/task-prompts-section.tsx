/** Shows the requests that the model in use is sent, each to be read, changed and set back. */
import { useState } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import type { TaskPrompts, TaskPromptText } from '../../../protocol/task-prompts.ts';
import type { SummaryLength, SummaryType, TaskName } from '../../../protocol/types.ts';
import { IconButton } from '../../kit/icon-button.tsx';
import { Icon } from '../../kit/icons.tsx';
import { useFocus } from '../../kit/use-focus.ts';
import { PromptForm } from './prompt-form.tsx';

interface TaskPromptsProps {
  readonly prompts: TaskPrompts;
  /** `text` undefined: the original words. Resolves to whether they were stored. */
  onChange(task: TaskName, text: string | undefined): Promise<boolean>;
}

export function TaskPromptsSection({ prompts: { model, trained, prompts }, onChange }: TaskPromptsProps) {
  const [open, setOpen] = useState<TaskName | undefined>(undefined);
  const changed = prompts.filter(({ original }) => original !== undefined).length;
  return (
    <section class="stack">
      <h2>{t('task-prompts-title')}</h2>
      <p class="soft small">
        {model === undefined ? t('task-prompts-hint') : t('task-prompts-hint-model', { model })}
      </p>
      {trained === true && <p class="small">{t('task-prompts-trained')}</p>}
      <details>
        <summary>{changed === 0 ? t('task-prompts-show') : t('task-prompts-show-changed')}</summary>
        <ul class="prompts">
          {prompts.map((prompt) => (
            <li key={prompt.task}>
              {open === prompt.task ? (
                <TaskPromptForm
                  prompt={prompt}
                  onSave={async (text) => {
                    if (await onChange(prompt.task, text)) setOpen(undefined);
                  }}
                  onCancel={() => setOpen(undefined)}
                />
              ) : (
                <TaskPromptRow
                  prompt={prompt}
                  onEdit={() => setOpen(prompt.task)}
                  onReset={() => void onChange(prompt.task, undefined)}
                />
              )}
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}

function taskLabel(task: TaskName): string {
  if (task === 'notes' || task === 'translation') return t(`task-${task}`);
  const [type, length] = task.split('.') as [SummaryType, SummaryLength];
  return t('summary-of', { type: t(`type-${type}`), length: t(`length-${length}`) });
}

interface RowProps {
  readonly prompt: TaskPromptText;
  onEdit(): void;
  onReset(): void;
}

function TaskPromptRow({ prompt: { task, text, original }, onEdit, onReset }: RowProps) {
  const name = taskLabel(task);
  return (
    <div class="prompt">
      <p>
        <strong>{name}</strong>
        {original !== undefined && <span class="small">{t('task-prompt-changed')}</span>}
        <span class="soft small" dir="auto">
          {text}
        </span>
      </p>
      {original !== undefined && (
        <button
          type="button"
          class="button quiet icon"
          aria-label={t('task-prompt-reset', { name })}
          title={original}
          onClick={onReset}
        >
          <Icon name="undo" />
        </button>
      )}
      <IconButton icon="pencil" label={t('task-prompt-edit', { name })} onClick={onEdit} />
    </div>
  );
}

interface FormProps {
  readonly prompt: TaskPromptText;
  onSave(text: string): void;
  onCancel(): void;
}

function TaskPromptForm({ prompt: { task, text, place = '' }, onSave, onCancel }: FormProps) {
  const [typed, setTyped] = useState(text);
  const field = useFocus<HTMLTextAreaElement>();
  const lacks = !typed.includes(place);
  const complete = typed.trim() !== '' && !lacks;
  return (
    <PromptForm complete={complete} onSave={() => onSave(typed.trim())} onCancel={onCancel}>
      <label class="label">
        {taskLabel(task)}
        <textarea
          ref={field}
          class="field"
          dir="auto"
          rows={3}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      {lacks && (
        <p class="small" role="alert">
          {t('task-prompt-place', { place })}
        </p>
      )}
    </PromptForm>
  );
}
