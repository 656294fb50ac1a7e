/** Offers to round a stored model anew by calibration, and says that this was done or is under way. */
import { useRef } from 'preact/hooks';
import type { StoredModel } from '../../../../engine/index.ts';
import { t } from '../../../i18n/index.ts';
import { hasAddress, improvedProfile } from '../../../protocol/model-traits.ts';
import { fromFileList } from '../../files/file-picker.ts';
import { Icon } from '../../kit/icons.tsx';
import type { ModelsController } from '../models-controller.ts';

export function ImproveNote({ model, controller }: { model: StoredModel; controller: ModelsController }) {
  const files = useRef<HTMLInputElement>(null);
  if (model.calibration !== undefined) {
    return (
      <p class="small verified">
        <Icon name="check" />
        {t('model-calibrated')}
      </p>
    );
  }
  if (improvedProfile(model) === undefined) return null;
  const imports = controller.worker.models.value?.imports ?? [];
  if (imports.some(({ improves }) => improves === model.id)) {
    return <p class="soft small">{t('improve-under-way')}</p>;
  }
  const again = hasAddress(model);
  return (
    <details class="improve small">
      <summary>{t('improve-offer')}</summary>
      <p class="soft">{t(again ? 'improve-hint' : 'improve-hint-files')}</p>
      <button
        type="button"
        class="button little"
        aria-label={t('improve-named', { name: model.name })}
        onClick={() => {
          if (again) void controller.request('improve-model', { id: model.id });
          else files.current?.click();
        }}
      >
        {t(again ? 'improve' : 'improve-files')}
      </button>
      <input
        ref={files}
        type="file"
        hidden
        multiple
        onChange={({ currentTarget }) => {
          const chosen = fromFileList(currentTarget.files ?? []);
          currentTarget.value = '';
          void controller.useOriginal({ improves: model.id }, chosen);
        }}
      />
    </details>
  );
}
