/** How close a stored model comes to its original: in a word and a number where that was measured, else a button for it. */
import type { StoredModel } from '../../../../engine/index.ts';
import { bytes, date, number, t } from '../../../i18n/index.ts';
import { currentLoss, isLossless, lossesBySize } from '../../../protocol/models/model-loss.ts';
import { hasAddress, isPractice, writesText } from '../../../protocol/model-traits.ts';
import type { KeptLoss, LossProgress } from '../../../protocol/types.ts';
import { ErrorNote } from '../../kit/error-note.tsx';
import { Icon } from '../../kit/icons.tsx';
import { SIZE_TEXTS } from '../install/size-choice.tsx';
import { lossSentence, lossText } from '../loss-texts.ts';
import type { ModelsController } from '../models-controller.ts';
import { OriginalButton } from './original-button.tsx';

interface LossNoteProps {
  readonly model: StoredModel;
  readonly controller: ModelsController;
}

export function LossNote({ model, controller }: LossNoteProps) {
  if (isPractice(model) || !writesText(model)) return null;
  if (isLossless(model)) return <p class="small">{t('loss-none')}</p>;
  if (model.unquantised !== true) return null;
  const loss = currentLoss(controller.worker.settings.value?.losses, model);
  const comparing = controller.worker.models.value?.comparing;
  const own = comparing?.model === model.id ? comparing : undefined;
  if (own !== undefined && own.error === undefined) return <Comparing {...own} controller={controller} />;
  const [stored] = loss?.sizes ?? [];
  return (
    <>
      {own?.error !== undefined && <ErrorNote error={own.error} />}
      {stored !== undefined && <p class="small">{lossSentence(stored)}</p>}
      <details class="improve small">
        <summary>{t(loss === undefined ? 'loss-offer' : 'loss-sizes')}</summary>
        {loss !== undefined && <Sizes loss={loss} />}
        {loss === undefined && <p class="soft">{t(hasAddress(model) ? 'loss-hint' : 'loss-hint-files')}</p>}
        <OriginalButton
          {...{ model, controller }}
          use="measures"
          text={t(loss !== undefined ? 'loss-again' : hasAddress(model) ? 'loss-start' : 'loss-start-files')}
          named={t('loss-named', { name: model.name })}
        />
      </details>
    </>
  );
}

function Sizes({ loss }: { loss: KeptLoss }) {
  const [stored] = loss.sizes;
  return (
    <>
      <dl class="losses">
        {lossesBySize(loss).map(([name, size]) => (
          <div key={name} class="row between">
            <dt>
              <strong>{t(SIZE_TEXTS[name][0])}</strong>
              {size !== undefined && <span class="soft">{bytes(size.bytes)}</span>}
              {size !== undefined && size === stored && <span class="tag">{t('loss-this')}</span>}
            </dt>
            <dd>{lossText(size)}</dd>
          </div>
        ))}
      </dl>
      <p class="soft">
        {t('loss-measured', {
          date: date(loss.at),
          count: number(loss.tokens),
          divergence: number(stored?.divergence ?? 0, 4),
        })}
      </p>
    </>
  );
}

function Comparing({ done, total, controller }: LossProgress & { readonly controller: ModelsController }) {
  return (
    <div class="stack tight">
      <div class="row between">
        <p class="small" role="status">
          {t('loss-running')}
        </p>
        <button
          type="button"
          class="button little"
          onClick={() => void controller.request('stop-measuring', {})}
        >
          <Icon name="stop" />
          {t('stop')}
        </button>
      </div>
      <progress
        class="bar"
        aria-label={t('loss-running')}
        {...(total > 0 ? { value: done, max: total } : {})}
      />
    </div>
  );
}
