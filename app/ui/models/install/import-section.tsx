/** Imports a model of the person's choice: from a folder, files, a drop, or a repository with a revision. */
import { useRef, useState } from 'preact/hooks';
import type { ModelPreview } from '../../../../engine/index.ts';
import { fitOf } from '../../../catalogue/fit.ts';
import { bytes, t } from '../../../i18n/index.ts';
import { DialogueNote } from '../dialogue-note.tsx';
import { currentLoss } from '../../../protocol/models/model-loss.ts';
import {
  CHOSEN_SIZES,
  type ChosenSize,
  isBaseModel,
  isChosenSize,
  type OriginAddress,
  originAddress,
  writesText,
} from '../../../protocol/model-traits.ts';
import type { KeptLoss } from '../../../protocol/types.ts';
import { useDevice } from './device-section.tsx';
import { Choices, MirrorQuestion, Refused } from './choices.tsx';
import { FitBadge, FitReasons } from './fit-badge.tsx';
import { RestCard } from './rest-card.tsx';
import { TokenNote } from './token-note.tsx';
import { SizeChoice } from './size-choice.tsx';
import { Icon } from '../../kit/icons.tsx';
import type { PreviewState, ModelsController } from '../models-controller.ts';
import { fromFileList, pickFolder } from '../../files/file-picker.ts';

/** Missing in the types of JSX. */
const DIRECTORY = { webkitdirectory: true };

interface ImportProps {
  readonly controller: ModelsController;
  /** Whether files are being dragged over the page. */
  readonly dragging: boolean;
}

export function ImportSection({ controller, dragging }: ImportProps) {
  return (
    <section class="stack">
      <h2>{t('own-title')}</h2>
      <p class="soft small">{t('own-hint')}</p>
      <DropArea controller={controller} dragging={dragging} />
      <RestCard controller={controller} />
      <AddressForm controller={controller} />
      <TokenNote controller={controller} />
    </section>
  );
}

function DropArea({ controller, dragging }: ImportProps) {
  const folder = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const importFrom = (input: HTMLInputElement) => {
    const chosen = fromFileList(input.files ?? []);
    input.value = '';
    void controller.importPicked(chosen);
  };
  const choose = () => {
    // Phones support only the file input.
    if (!('showDirectoryPicker' in window)) folder.current?.click();
    else void controller.importPicked(pickFolder());
  };
  return (
    <div class={`drop${dragging ? ' over' : ''}`}>
      <Icon name="folder" />
      <p>{t(dragging ? 'import-drop-now' : 'import-drop')}</p>
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
        {...DIRECTORY}
        onChange={(event) => importFrom(event.currentTarget)}
      />
      <input
        ref={files}
        data-pick="files"
        type="file"
        hidden
        multiple
        onChange={(event) => importFrom(event.currentTarget)}
      />
    </div>
  );
}

function AddressForm({ controller }: { controller: ModelsController }) {
  const [address, setAddress] = useState('');
  const [revision, setRevision] = useState('');
  const preview = controller.preview.value;
  const changed = (set: (text: string) => void) => (text: string) => {
    set(text);
    controller.preview.value = undefined;
  };
  const look = () => controller.previewAddress(address.trim(), revision.trim());
  const chosen = preview?.kind === 'found' ? preview.address : undefined;
  // The address of a choice has the revision in it.
  const from: OriginAddress =
    chosen === undefined
      ? { address: address.trim(), revision: revision.trim() || undefined }
      : { address: chosen };
  const download = (name: string, weights: ChosenSize | undefined) => {
    void controller.request('import-address', { ...from, name, weights });
    controller.preview.value = undefined;
    setAddress('');
    setRevision('');
  };
  return (
    <form
      class="address"
      onSubmit={(event) => {
        event.preventDefault();
        if (address.trim() !== '') void look();
      }}
    >
      <TextField label={t('import-address')} value={address} onInput={changed(setAddress)} />
      <TextField label={t('own-revision')} value={revision} onInput={changed(setRevision)} />
      <button type="submit" class="button" disabled={address.trim() === '' || preview?.kind === 'running'}>
        {t('own-look')}
      </button>
      <p class="soft small">{t('import-address-hint')}</p>
      {preview !== undefined && (
        <Preview
          preview={preview}
          from={from}
          controller={controller}
          onDownload={download}
          again={() => void look()}
        />
      )}
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

function Preview({
  preview,
  from,
  controller,
  onDownload,
  again,
}: {
  preview: PreviewState;
  from: OriginAddress;
  controller: ModelsController;
  onDownload(name: string, weights: ChosenSize | undefined): void;
  again(): void;
}) {
  if (preview.kind === 'running') {
    return (
      <p class="soft small found" role="status">
        {t('own-looking')}
      </p>
    );
  }
  if (preview.kind === 'failed') {
    return <Refused error={preview.error} controller={controller} again={again} />;
  }
  if (preview.kind === 'mirror') {
    return <MirrorQuestion origin={preview.origin} controller={controller} again={again} />;
  }
  if (preview.kind === 'choices') return <Choices found={preview.found} controller={controller} />;
  return <Found preview={preview.preview} from={from} controller={controller} onDownload={onDownload} />;
}

/** What the sizes lose, if that was measured on a stored model from the same address. */
function lossOf({ worker }: ModelsController, { address, revision }: OriginAddress): KeptLoss | undefined {
  const model = worker.models.value?.stored.find((stored) => {
    const from = originAddress(stored);
    return from?.address === address && from.revision === revision;
  });
  return model && currentLoss(worker.settings.value?.losses, model);
}

function Found({
  preview,
  from,
  controller,
  onDownload,
}: {
  preview: ModelPreview;
  /** The address that it was found at. */
  from: OriginAddress;
  controller: ModelsController;
  onDownload(name: string, weights: ChosenSize | undefined): void;
}) {
  const device = useDevice(controller);
  const { name, family, contextLength, hasChatTemplate, dialogue, total, sizes } = preview;
  const writes = writesText(preview);
  const [size, choose] = useState(sizes.find(({ weights }) => !isChosenSize(weights)));
  const loss = lossOf(controller, from);
  const { bytes: weightBytes, largestBytes } = size ?? preview;
  // The size of the cache is not known here; for a small model it is about a tenth of the weights.
  const need = { deviceBytes: weightBytes, gpuBytes: weightBytes * 1.1, largestBytes };
  const fit = device && fitOf(need, device);
  return (
    <div class="card found" role="status">
      <div class="row head">
        <h3 dir="auto">{name}</h3>
        {fit !== undefined && <FitBadge result={fit.result} />}
      </div>
      <p class="small">{t('own-found', { family, context: contextLength })}</p>
      <p class="small">{t('catalogue-sizes-text', { wire: bytes(total), device: bytes(weightBytes) })}</p>
      {writes && isBaseModel({ name, hasChatTemplate }) && dialogue.own !== 'failed' && (
        <p class="small">{t('preview-base')}</p>
      )}
      {writes ? <DialogueNote dialogue={dialogue} /> : <p class="small">{t('model-search-hint')}</p>}
      {size !== undefined && <SizeChoice sizes={sizes} loss={loss} chosen={size} onChoose={choose} />}
      {fit !== undefined && <FitReasons fit={fit} />}
      <div class="row">
        <button
          type="button"
          class="button primary"
          onClick={() =>
            onDownload(
              name,
              CHOSEN_SIZES.find((chosen) => chosen === size?.weights),
            )
          }
        >
          <Icon name="download" />
          {t('own-download', { size: bytes(total) })}
        </button>
      </div>
    </div>
  );
}
