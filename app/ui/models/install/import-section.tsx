/** Ways for any other model to come here: a folder, files, a drop, a repository with a revision. */
import { useRef, useState } from 'preact/hooks';
import { fitOf } from '../../../catalogue/fit.ts';
import { bytes, t } from '../../../i18n/index.ts';
import { useDevice } from './device-section.tsx';
import { ErrorNote } from '../../kit/error-note.tsx';
import { FitBadge, FitReasons } from './fit-badge.tsx';
import { Icon } from '../../kit/icons.tsx';
import type { PreviewState, ModelsController } from '../models-controller.ts';
import { fromFileList, pickFolder } from '../../files/file-picker.ts';

interface ImportProps {
  readonly state: ModelsController;
  /** Whether files are held over the page, which takes them anywhere. */
  readonly over: boolean;
}

export function ImportSection({ state, over }: ImportProps) {
  return (
    <section class="stack">
      <h2>{t('own-title')}</h2>
      <p class="soft small">{t('own-hint')}</p>
      <Drop state={state} over={over} />
      <Address state={state} />
    </section>
  );
}

function Drop({ state, over }: ImportProps) {
  const folder = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement) => {
    const chosen = fromFileList(input.files ?? []);
    input.value = '';
    void state.importPicked(chosen);
  };
  const choose = () => {
    // Phones have the older input only.
    if (!('showDirectoryPicker' in window)) folder.current?.click();
    else void state.importPicked(pickFolder());
  };
  return (
    <div class={`drop${over ? ' over' : ''}`}>
      <Icon name="folder" />
      <p>{t(over ? 'import-drop-now' : 'import-drop')}</p>
      <div class="row">
        <button type="button" class="button" onClick={choose}>
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

function Address({ state }: { state: ModelsController }) {
  const [address, setAddress] = useState('');
  const [revision, setRevision] = useState('');
  const look = state.look.value;
  const changed = (set: (text: string) => void) => (text: string) => {
    set(text);
    state.look.value = undefined;
  };
  const download = (name: string) => {
    const at = revision.trim();
    const more = at === '' ? {} : { revision: at };
    void state.request('import-address', { address: address.trim(), name, ...more });
    state.look.value = undefined;
    setAddress('');
    setRevision('');
  };
  return (
    <form
      class="address"
      onSubmit={(event) => {
        event.preventDefault();
        if (address.trim() !== '') void state.lookAt(address.trim(), revision.trim());
      }}
    >
      <TextField label={t('import-address')} value={address} onInput={changed(setAddress)} />
      <TextField label={t('own-revision')} value={revision} onInput={changed(setRevision)} />
      <button type="submit" class="button" disabled={address.trim() === '' || look?.kind === 'running'}>
        {t('own-look')}
      </button>
      <p class="soft small">{t('import-address-hint')}</p>
      {look !== undefined && <Found look={look} state={state} onDownload={download} />}
    </form>
  );
}

function TextField({ label, value, onInput }: { label: string; value: string; onInput(text: string): void }) {
  return (
    <label class="label">
      {label}
      <input
        class="field"
        type="text"
        inputMode="url"
        autoCapitalize="off"
        autoComplete="off"
        spellcheck={false}
        dir="ltr"
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}

function Found({
  look,
  state,
  onDownload,
}: {
  look: PreviewState;
  state: ModelsController;
  onDownload(name: string): void;
}) {
  const device = useDevice(state);
  if (look.kind === 'running') {
    return (
      <p class="soft small found" role="status">
        {t('own-looking')}
      </p>
    );
  }
  if (look.kind === 'failed') {
    return (
      <div class="found">
        <ErrorNote error={look.error} />
      </div>
    );
  }
  const { name, family, contextLength, total, bytes: size, largestBytes } = look.preview;
  // The cache is not known from here; a tenth more than the weights is its size for a small model.
  const need = { deviceBytes: size, gpuBytes: size * 1.1, largestBytes };
  const fit = device && fitOf(need, device);
  return (
    <div class="card found" role="status">
      <div class="row head">
        <h3 dir="auto">{name}</h3>
        {fit !== undefined && <FitBadge verdict={fit.result} />}
      </div>
      <p class="small">{t('own-found', { family, context: contextLength })}</p>
      <p class="small">{t('catalogue-sizes-text', { wire: bytes(total), device: bytes(size) })}</p>
      {fit !== undefined && <FitReasons fit={fit} />}
      <div class="row">
        <button type="button" class="button primary" onClick={() => onDownload(name)}>
          <Icon name="download" />
          {t('own-download', { size: bytes(total) })}
        </button>
      </div>
    </div>
  );
}
