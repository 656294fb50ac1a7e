/** The glossary: a person's own translations of terms, by pair of languages. */
import { useState } from 'preact/hooks';
import { languages, ownName, t } from '../../i18n/index.ts';
import type { GlossaryEntry } from '../../protocol/types.ts';
import { ErrorNote } from '../kit/error-note.tsx';
import { type GlossaryController, keyOf } from './glossary-controller.ts';
import { Bird, Icon } from '../kit/icons.tsx';

export function GlossaryPage({ state }: { state: GlossaryController }) {
  const failure = state.failure.value;
  return (
    <main class="glossary-page">
      <header>
        <Bird size={44} />
        <div>
          <h1>{t('glossary-title')}</h1>
          <p class="soft">{t('glossary-intro')}</p>
        </div>
      </header>
      {failure !== undefined && <ErrorNote error={failure} />}
      <EntryForm
        entry={{ to: state.language.value, term: '', translation: '' }}
        submit="glossary-add"
        onSubmit={(entry) => void state.put(entry)}
      />
      <Said state={state} />
      {state.entries.value !== undefined && (
        <>
          <Entries state={state} entries={state.entries.value} />
          <Files state={state} />
        </>
      )}
    </main>
  );
}

function Said({ state }: { state: GlossaryController }) {
  return (
    <div role="status" class="said small soft">
      {state.said.value.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {state.removed.value !== undefined && (
        <button type="button" class="button little" onClick={() => void state.takeBack()}>
          <Icon name="undo" />
          {t('undo')}
        </button>
      )}
    </div>
  );
}

interface EntriesProps {
  readonly state: GlossaryController;
  readonly entries: readonly GlossaryEntry[];
}

function Entries({ state, entries }: EntriesProps) {
  const [edited, setEdited] = useState<string | undefined>(undefined);
  if (entries.length === 0) return <p class="soft">{t('glossary-none')}</p>;
  return (
    <ul class="terms" aria-label={t('glossary-title')}>
      {entries.map((entry) => (
        <li key={keyOf(entry)}>
          {edited === keyOf(entry) ? (
            <EntryForm
              entry={entry}
              submit="glossary-save"
              onSubmit={(changed) => {
                setEdited(undefined);
                void state.put(changed, entry);
              }}
              onCancel={() => setEdited(undefined)}
            />
          ) : (
            <Entry state={state} entry={entry} onEdit={() => setEdited(keyOf(entry))} />
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

interface TermEntryProps {
  readonly state: GlossaryController;
  readonly entry: GlossaryEntry;
  onEdit(): void;
}

function Entry({ state, entry, onEdit }: TermEntryProps) {
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
          onClick={() => void state.remove(entry)}
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
  // What is given may come late or change; what a person wrote stays.
  const [written, setWritten] = useState<Partial<GlossaryEntry>>({});
  const draft = { ...entry, ...written };
  const fill = (name: keyof GlossaryEntry) => ({
    value: draft[name] ?? '',
    onInput: ({ currentTarget }: { currentTarget: HTMLInputElement | HTMLSelectElement }) =>
      setWritten({ ...written, [name]: typedValue(name, currentTarget.value) }),
  });
  // An empty field that guesses its direction has the cursor at the left, also where the page begins at the right.
  const line = (name: 'term' | 'translation') => ({
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
        setWritten({ ...written, term: '', translation: '' });
        event.currentTarget.querySelector('input')?.focus();
      }}
    >
      <label class="label">
        {t('translate-from')}
        <select class="field" {...fill('from')}>
          <option value="">{t('glossary-any')}</option>
          <Tags also={draft.from} />
        </select>
      </label>
      <label class="label">
        {t('translate-into')}
        <select class="field" {...fill('to')}>
          <Tags also={draft.to} />
        </select>
      </label>
      <label class="label">
        {t('glossary-term')}
        <input class="field" required maxLength={200} {...line('term')} />
      </label>
      <label class="label">
        {t('glossary-translation')}
        <input class="field" required maxLength={200} {...line('translation')} />
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

/** The empty choice of a source language stands for any, which an entry leaves out. */
const typedValue = (name: keyof GlossaryEntry, value: string): string | undefined =>
  name === 'from' ? value || undefined : value;

/** `also`: a language that an imported file named and the list does not. */
function Tags({ also }: { also: string | undefined }) {
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

function Files({ state }: { state: GlossaryController }) {
  const entries = state.entries.value ?? [];
  const save = () => {
    const address = URL.createObjectURL(new Blob([state.csv()], { type: 'text/csv' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = 'linnet-glossary.csv';
    link.click();
    URL.revokeObjectURL(address);
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
            if (file !== undefined) void state.importFile(file);
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
