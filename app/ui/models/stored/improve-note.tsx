/** Offers to round a stored model anew by calibration, and says that this was done or is under way. */
import type { StoredModel } from '../../../../engine/index.ts';
import { t } from '../../../i18n/index.ts';
import { hasAddress, improvedProfile } from '../../../protocol/model-traits.ts';
import { Icon } from '../../kit/icons.tsx';
import type { ModelsController } from '../models-controller.ts';
import { OriginalButton } from './original-button.tsx';

export function ImproveNote({ model, controller }: { model: StoredModel; controller: ModelsController }) {
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
      <OriginalButton
        {...{ model, controller }}
        use="improves"
        text={t(again ? 'improve' : 'improve-files')}
        named={t('improve-named', { name: model.name })}
      />
    </details>
  );
}
