/** Adds, changes and deletes the person's saved prompts. */
import { useState } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import type { SavedPrompt } from '../../../protocol/types.ts';
import { IconButton } from '../../kit/icon-button.tsx';
import { Icon } from '../../kit/icons.tsx';
import { promptName, same } from '../../state/prompt-library.ts';
import { useFocus } from '../../kit/use-focus.ts';
import { PromptForm } from './prompt-form.tsx';

interface PromptsProps {
  readonly prompts: readonly SavedPrompt[];
  onChange(prompts: readonly SavedPrompt[]): void;
}

/** Stands for a new prompt; no prompt has an empty name. */
const NEW = '';

export function PromptsSection({ prompts, onChange }: PromptsProps) {
  /**
   * Name of the prompt being edited; undefined if none. A name and not an index, since the list may change meanwhile.
   */
  const [open, setOpen] = useState<string | undefined>(undefined);
  /** The prompt deleted last, with its index. */
  const [deleted, setDeleted] = useState<{ prompt: SavedPrompt; at: number } | undefined>(undefined);
  const remove = (at: number) => {
    setDeleted({ prompt: prompts[at]!, at });
    onChange(prompts.toSpliced(at, 1));
  };
  const restore = ({ prompt, at }: NonNullable<typeof deleted>) => {
    setDeleted(undefined);
    onChange(prompts.toSpliced(at, 0, prompt));
  };
  const save = (before: string, prompt: SavedPrompt) => {
    setOpen(undefined);
    const index = prompts.findIndex(({ name }) => name === before);
    onChange(index < 0 ? [...prompts, prompt] : prompts.with(index, prompt));
  };
  const form = (prompt: SavedPrompt) => (
    <SavedPromptForm
      prompt={prompt}
      taken={prompts.map(({ name }) => name).filter((name) => name !== prompt.name)}
      onSave={(changed) => save(prompt.name, changed)}
      onCancel={() => setOpen(undefined)}
    />
  );
  return (
    <section class="stack">
      <h2>{t('prompts-title')}</h2>
      <p class="soft small">{t('prompts-hint')}</p>
      <ul class="prompts">
        {prompts.map((prompt, index) => (
          <li key={prompt.name}>
            {open === prompt.name ? (
              form(prompt)
            ) : (
              <Row prompt={prompt} onEdit={() => setOpen(prompt.name)} onDelete={() => remove(index)} />
            )}
          </li>
        ))}
      </ul>
      <div role="status">
        {/* Another prompt may have got its name meanwhile. */}
        {deleted !== undefined && !prompts.some(({ name }) => same(name, deleted.prompt.name)) && (
          <p class="row small">
            {t('prompt-deleted', { name: deleted.prompt.name })}
            <button type="button" class="button little" onClick={() => restore(deleted)}>
              <Icon name="undo" />
              {t('undo')}
            </button>
          </p>
        )}
      </div>
      {open === NEW ? (
        form({ name: NEW, text: '' })
      ) : (
        <div class="row">
          <button type="button" class="button" onClick={() => setOpen(NEW)}>
            <Icon name="plus" />
            {t('prompt-add')}
          </button>
        </div>
      )}
    </section>
  );
}

function Row({ prompt, onEdit, onDelete }: { prompt: SavedPrompt; onEdit(): void; onDelete(): void }) {
  const { name, text } = prompt;
  return (
    <div class="prompt">
      <p>
        <strong dir="auto">/{name}</strong>
        <span class="soft small" dir="auto">
          {text}
        </span>
      </p>
      <IconButton icon="pencil" label={t('prompt-edit', { name })} onClick={onEdit} />
      <IconButton icon="bin" label={t('prompt-delete', { name })} onClick={onDelete} />
    </div>
  );
}

interface FormProps {
  readonly prompt: SavedPrompt;
  /** Names of the other prompts. */
  readonly taken: readonly string[];
  onSave(prompt: SavedPrompt): void;
  onCancel(): void;
}

function SavedPromptForm({ prompt, taken, onSave, onCancel }: FormProps) {
  const [typed, setTyped] = useState(prompt.name);
  const [text, setText] = useState(prompt.text);
  const [inMenu, setInMenu] = useState(prompt.inMenu === true);
  const field = useFocus<HTMLInputElement>();
  const name = promptName(typed);
  const isTaken = taken.some((other) => same(other, name));
  const complete = name !== '' && text.trim() !== '' && !isTaken;
  return (
    <PromptForm
      complete={complete}
      onSave={() => onSave({ name, text: text.trim(), ...(inMenu ? { inMenu } : {}) })}
      onCancel={onCancel}
    >
      <label class="label narrow">
        {t('prompt-name')}
        <input
          ref={field}
          class="field"
          dir="auto"
          value={typed}
          maxLength={40}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <span>{t('prompt-name-hint')}</span>
      </label>
      {isTaken && (
        <p class="small" role="alert">
          {t('prompt-taken', { name })}
        </p>
      )}
      <label class="label">
        {t('prompt-text')}
        <textarea
          class="field"
          dir="auto"
          rows={3}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <span>{t('prompt-places')}</span>
      </label>
      <label class="check small">
        <input
          type="checkbox"
          checked={inMenu}
          onChange={(event) => setInMenu(event.currentTarget.checked)}
        />
        {t('prompt-in-menu')}
      </label>
    </PromptForm>
  );
}
