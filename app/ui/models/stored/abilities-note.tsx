/** What a stored model is good for; while it is tried, the progress, and a button that stops that. */
import type { StoredModel } from '../../../../engine/index.ts';
import { t } from '../../../i18n/index.ts';
import { isPractice } from '../../../protocol/model-traits.ts';
import { Icon } from '../../kit/icons.tsx';
import type { ModelsController } from '../models-controller.ts';
import { abilitiesText } from '../offer-note.tsx';

interface AbilitiesNoteProps {
  readonly model: StoredModel;
  /** Whether the model is in use: only that one can be tried. */
  readonly inUse: boolean;
  readonly controller: ModelsController;
}

export function AbilitiesNote({ model, inUse, controller }: AbilitiesNoteProps) {
  const { offers = {}, probing } = controller.worker.models.value ?? {};
  const offer = offers[model.id];
  if (offer === undefined || isPractice(model)) return null;
  if (probing?.model === model.id) return <Probing {...probing} controller={controller} />;
  const text = abilitiesText({ model: model.name, offer });
  const triable = inUse && offer.reason !== 'base';
  return (
    <>
      {text !== '' && <p class="small">{text}</p>}
      {triable && (
        <div class="row">
          <button
            type="button"
            class="button quiet little"
            onClick={() => void controller.request('probe', {})}
          >
            <Icon name="again" />
            {t(offer.tried ? 'probe-again' : 'probe-start')}
          </button>
        </div>
      )}
    </>
  );
}

interface ProbingProps {
  readonly done: number;
  readonly total: number;
  readonly controller: ModelsController;
}

function Probing({ done, total, controller }: ProbingProps) {
  return (
    <div class="stack tight">
      <div class="row between">
        <p class="small" role="status">
          {t('probe-running')}
        </p>
        <button type="button" class="button little" onClick={() => void controller.request('stop-probe', {})}>
          <Icon name="stop" />
          {t('stop')}
        </button>
      </div>
      <progress class="bar" aria-label={t('probe-running')} value={done} max={total} />
      <p class="soft small">{t('probe-hint')}</p>
    </div>
  );
}
