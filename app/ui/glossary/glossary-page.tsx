/** The glossary page: a person's own translations of terms, by language pair. */
import { useState } from 'preact/hooks';
import { languages, ownName, t } from '../../i18n/index.ts';
import type { GlossaryEntry } from '../../protocol/types.ts';
import { NoticeList } from '../kit/notice-list.tsx';
import { ErrorNote } from '../kit/error-note.tsx';
import { type GlossaryController, keyOf } from './glossary-controller.ts';
import { saveFile } from '../files/save-file.ts';
import { Bird, Icon } from '../kit/icons.tsx';

export function GlossaryPage({ controller }: { controller: GlossaryController }) {
  const failure = controller.failure.value;
  return (
    <main class="list-page">
      <header>
        <Bird size={44} />
        <div>
          <h1>{t('glossary-title')}</h1>
          <p class="soft">{t('glossary-intro')}</p>
        </div>
      </header>
      {failure !== undefined && <ErrorNote error={failure} />}
      <NoticeList notices={controller.notices.value} />
      <EntryForm
        entry={{ to: controller.language.value, term: '', translation: '' }}
        submit="glossary-add"
        onSubmit={(entry) => void controller.put(entry)}
      />
      <Messages controller={controller} />
      {controller.entries.value !== undefined && (
        <>
          <EntryList controller={controller} entries={controller.entries.value} />
          <Files controller={controller} />
        </>
      )}
    </main>
  );
}

function Messages({ controller }: { controller: GlossaryController }) {
  return (
    <div role="status" class="said small soft">
      {controller.messages.value.map((message) => (
        <p key={message}>{message}</p>
      ))}
      {controller.removed.value !== undefined && (
        <button type="button" class="button little" onClick={() => void controller.undoRemove()}>
          <Icon name="undo" />
          {t('undo')}
        </button>
      )}
    </div>
  );
}

interface EntryListProps {
  readonly controller: GlossaryController;
  readonly entries: readonly GlossaryEntry[];
}

function EntryList({ controller, entries }: EntryListProps) {
  const [editedKey, setEditedKey] = useState<string | undefined>(undefined);
  if (entries.length === 0) return <p class="soft">{t('glossary-none')}</p>;
  return (
    <ul aria-label={t('glossary-title')}>
      {entries.map((entry) => (
        <li key={keyOf(entry)}>
          {editedKey === keyOf(entry) ? (
            <EntryForm
              entry={entry}
              submit="glossary-save"
              onSubmit={(changed) => {
                setEditedKey(undefined);
                void controller.put(changed, entry);
              }}
              onCancel={() => setEditedKey(undefined)}
            />
          ) : (
            <EntryRow controller={controller} entry={entry} onEdit={() => setEditedKey(keyOf(entry))} />
          )}
        </li>
      ))}
    </ul>
  );
}

const Arrow = () => (
  <span class="arrow" aria-hidden="true">
    →
  </span>
);

interface EntryRowProps {
  readonly controller: GlossaryController;
  readonly entry: GlossaryEntry;
  onEdit(): void;
}

function EntryRow({ controller, entry, onEdit }: EntryRowProps) {
  const { term, translation, from, to } = entry;
  return (
    <div class="term">
      <p class="pair">
        <bdi lang={from}>{term}</bdi> <Arrow /> <bdi lang={to}>{translation}</bdi>
      </p>
      <p class="small soft">
        <bdi>{from === undefined ? t('glossary-any') : ownName(from)}</bdi> <Arrow /> <bdi>{ownName(to)}</bdi>
      </p>
      <div class="tools">
        <button
          type="button"
          class="button quiet icon"
          aria-label={t('glossary-edit', { term })}
          title={t('glossary-edit', { term })}
          onClick={onEdit}
        >
          <Icon name="edit" />
        </button>
        <button
          type="button"
          class="button quiet icon"
          aria-label={t('glossary-remove', { term })}
          title={t('glossary-remove', { term })}
          onClick={() => void controller.remove(entry)}
        >
          <Icon name="bin" />
        </button>
      </div>
    </div>
  );
}

interface EntryFormProps {
  readonly entry: GlossaryEntry;
  readonly submit: 'glossary-add' | 'glossary-save';
  onSubmit(entry: GlossaryEntry): void;
  onCancel?(): void;
}

function EntryForm({ entry, submit, onSubmit, onCancel }: EntryFormProps) {
  // Holds only what the person changed: `entry` may arrive late or change.
  const [changes, setChanges] = useState<Partial<GlossaryEntry>>({});
  const draft = { ...entry, ...changes };
  const fill = (name: keyof GlossaryEntry) => ({
    value: draft[name] ?? '',
    onInput: ({ currentTarget }: { currentTarget: HTMLInputElement | HTMLSelectElement }) =>
      setChanges({ ...changes, [name]: typedValue(name, currentTarget.value) }),
  });
  // With `dir=auto` an empty field would put the cursor at the left, even on right-to-left pages.
  const textField = (name: 'term' | 'translation') => ({
    ...fill(name),
    dir: draft[name] === '' ? undefined : ('auto' as const),
  });
  const trimmed = { ...draft, term: draft.term.trim(), translation: draft.translation.trim() };
  return (
    <form
      class="entry"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(trimmed);
        setChanges({ ...changes, term: '', translation: '' });
        event.currentTarget.querySelector('input')?.focus();
      }}
    >
      <label class="label">
        {t('translate-from')}
        <select class="field" {...fill('from')}>
          <option value="">{t('glossary-any')}</option>
          <LanguageTags also={draft.from} />
        </select>
      </label>
      <label class="label">
        {t('translate-into')}
        <select class="field" {...fill('to')}>
          <LanguageTags also={draft.to} />
        </select>
      </label>
      <label class="label">
        {t('glossary-term')}
        <input class="field" required maxLength={200} {...textField('term')} />
      </label>
      <label class="label">
        {t('glossary-translation')}
        <input class="field" required maxLength={200} {...textField('translation')} />
      </label>
      <div class="row">
        <button
          type="submit"
          class="button primary"
          disabled={trimmed.term === '' || trimmed.translation === ''}
        >
          {t(submit)}
        </button>
        {onCancel !== undefined && (
          <button type="button" class="button quiet" onClick={onCancel}>
            {t('cancel')}
          </button>
        )}
      </div>
    </form>
  );
}

/** The empty choice of a source language means any language; the entry leaves it out. */
const typedValue = (name: keyof GlossaryEntry, value: string): string | undefined =>
  name === 'from' ? value || undefined : value;

/** The languages of the list, and `also` if it is not among them, as in entries from imported files. */
function LanguageTags({ also }: { also: string | undefined }) {
  const tags = also === undefined || languages.includes(also) ? languages : [also, ...languages];
  return (
    <>
      {tags.map((tag) => (
        <option key={tag} value={tag}>
          {ownName(tag)}
        </option>
      ))}
    </>
  );
}

function Files({ controller }: { controller: GlossaryController }) {
  const entries = controller.entries.value ?? [];
  const save = () => {
    saveFile('linnet-glossary.csv', 'text/csv', controller.csv());
  };
  return (
    <div class="files">
      <label class="button">
        <Icon name="upload" />
        {t('glossary-import')}
        <input
          type="file"
          class="hidden-visually"
          accept=".csv,.tsv,text/csv,text/tab-separated-values"
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            if (file !== undefined) void controller.importFile(file);
            event.currentTarget.value = '';
          }}
        />
      </label>
      <button type="button" class="button" disabled={entries.length === 0} onClick={save}>
        <Icon name="download" />
        {t('glossary-export')}
      </button>
      <p class="small soft">{t('glossary-csv-hint')}</p>
    </div>
  );
}
