/** Ways for a model to come here: a folder, files, a drop, a repository's name; and how imports go. */
import { useRef, useState } from 'preact/hooks';
import { bytes, duration, t } from '../i18n/index.ts';
import type { ImportState } from '../protocol/types.ts';
import { ErrorNote } from './error-note.tsx';
import { Icon } from './icons.tsx';
import type { ModelsState } from './models-state.ts';
import { fromDrop, fromFileList, type Picked, pickFolder } from './picked.ts';

export function ImportSection({ state }: { state: ModelsState }) {
  const imports = state.live.models.value?.imports ?? [];
  return (
    <section class="stack">
      <h2>{t('import-title')}</h2>
      <p class="soft small">{t('import-hint')}</p>
      {imports.map((entry) => (
        <ImportCard
          key={entry.id}
          entry={entry}
          onDismiss={() => void state.ask('dismiss-import', { id: entry.id })}
        />
      ))}
      <Drop onPicked={({ name, files }) => void state.importFiles(name, files)} />
      <Address onAddress={(address) => void state.ask('import-address', { address })} />
    </section>
  );
}

function ImportCard({ entry, onDismiss }: { entry: ImportState; onDismiss(): void }) {
  const { name, progress, bytesPerSecond, error } = entry;
  const shown = name || t('model-demo-name');
  if (error !== undefined) {
    return (
      <div class="stack">
        <p>
          <strong>{t('import-failed', { name: shown })}</strong>
        </p>
        <ErrorNote error={error}>
          <ErrorFacts error={error} />
          <button type="button" class="button little" onClick={onDismiss}>
            {t('dismiss')}
          </button>
        </ErrorNote>
      </div>
    );
  }
  const { phase, done, total, tensor } = progress;
  const left = bytesPerSecond > 0 && total > done ? (total - done) / bytesPerSecond : undefined;
  const facts = [
    total > 0 && t('import-progress', { done: bytes(done), total: bytes(total) }),
    bytesPerSecond > 0 && t('import-rate', { rate: bytes(bytesPerSecond) }),
    left !== undefined && t('import-left', { time: duration(left) }),
  ].filter((fact) => fact !== false);
  return (
    <div class="card on">
      <div class="row head">
        <h3 dir="auto">{t('model-importing', { name: shown })}</h3>
        <button type="button" class="button quiet little" onClick={onDismiss}>
          {t('cancel')}
        </button>
      </div>
      <progress
        class="bar"
        aria-label={t('model-importing', { name: shown })}
        value={total > 0 ? done / total : undefined}
        max={1}
      />
      <p class="soft small facts-line">
        {t(`phase-${phase}`)}
        {facts.length > 0 && ` · ${facts.join(' · ')}`}
        {tensor !== undefined && <span class="tensor"> {tensor}</span>}
      </p>
    </div>
  );
}

function ErrorFacts({ error }: { error: NonNullable<ImportState['error']> }) {
  const rows = [
    [t('where'), error.where === undefined ? error.who : `${error.who}, ${error.where}`],
    [t('expected'), error.expected],
    [t('got'), error.got],
  ] as const;
  return (
    <dl class="table small">
      {rows.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name}>
            <dt class="soft">{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function Drop({ onPicked }: { onPicked(picked: Picked): void }) {
  const [over, setOver] = useState(false);
  const folder = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement) => {
    const picked = fromFileList(input.files ?? []);
    input.value = '';
    if (picked.files.length > 0) onPicked(picked);
  };
  const choose = async () => {
    // Phones have the older input only.
    if (!('showDirectoryPicker' in window)) return folder.current?.click();
    const picked = await pickFolder();
    if (picked !== undefined) onPicked(picked);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra; the buttons inside do the same
    <div
      class={`drop${over ? ' over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (event.dataTransfer !== null) void fromDrop(event.dataTransfer).then(onPicked);
      }}
    >
      <Icon name="folder" />
      <p>{t(over ? 'import-drop-now' : 'import-drop')}</p>
      <div class="row">
        <button type="button" class="button" onClick={() => void choose()}>
          {t('import-folder')}
        </button>
        <button type="button" class="button" onClick={() => files.current?.click()}>
          {t('import-files')}
        </button>
      </div>
      <input
        ref={folder}
        data-pick="folder"
        type="file"
        hidden
        {...{ webkitdirectory: true }}
        onChange={(event) => take(event.currentTarget)}
      />
      <input
        ref={files}
        data-pick="files"
        type="file"
        hidden
        multiple
        onChange={(event) => take(event.currentTarget)}
      />
    </div>
  );
}

function Address({ onAddress }: { onAddress(address: string): void }) {
  const [address, setAddress] = useState('');
  return (
    <form
      class="address"
      onSubmit={(event) => {
        event.preventDefault();
        if (address.trim() !== '') onAddress(address.trim());
        setAddress('');
      }}
    >
      <label class="label">
        {t('import-address')}
        <input
          class="field"
          type="text"
          inputMode="url"
          autoCapitalize="off"
          autoComplete="off"
          spellcheck={false}
          dir="ltr"
          value={address}
          onInput={(event) => setAddress(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button" disabled={address.trim() === ''}>
        <Icon name="download" />
        {t('import-address-button')}
      </button>
      <p class="soft small">{t('import-address-hint')}</p>
    </form>
  );
}
