/** How close a stored model comes to its original: in a word and a number where that was measured, else a button for it. */
import { useRef } from 'preact/hooks';
import type { StoredModel } from '../../../../engine/index.ts';
import { bytes, date, number, t } from '../../../i18n/index.ts';
import { currentLoss, isLossless, lossesBySize } from '../../../protocol/models/model-loss.ts';
import { hasAddress, isPractice, writesText } from '../../../protocol/model-traits.ts';
import type { KeptLoss, LossProgress } from '../../../protocol/types.ts';
import { fromFileList } from '../../files/file-picker.ts';
import { ErrorNote } from '../../kit/error-note.tsx';
import { Icon } from '../../kit/icons.tsx';
import { SIZE_TEXTS } from '../install/size-choice.tsx';
import { lossSentence, lossText } from '../loss-texts.ts';
import type { ModelsController } from '../models-controller.ts';

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
        <MeasureButton model={model} controller={controller} again={loss !== undefined} />
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

function MeasureButton({ model, controller, again }: LossNoteProps & { readonly again: boolean }) {
  const files = useRef<HTMLInputElement>(null);
  const has = hasAddress(model);
  return (
    <>
      <button
        type="button"
        class="button little"
        aria-label={t('loss-named', { name: model.name })}
        onClick={() => {
          if (has) void controller.request('measure-loss', { id: model.id });
          else files.current?.click();
        }}
      >
        {t(again ? 'loss-again' : has ? 'loss-start' : 'loss-start-files')}
      </button>
      <input
        ref={files}
        type="file"
        hidden
        multiple
        onChange={({ currentTarget }) => {
          const chosen = fromFileList(currentTarget.files ?? []);
          currentTarget.value = '';
          void controller.useOriginal({ measures: model.id }, chosen);
        }}
      />
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
