/** The loaded model: a button to free the graphics memory, the idle time after which that happens, and the pace. */
import { adapterName } from '../../../catalogue/device.ts';
import { t } from '../../../i18n/index.ts';
import { IDLE_MINUTES, type Models, type PaceSetting } from '../../../protocol/types.ts';
import { Icon } from '../../kit/icons.tsx';
import { modelProgress } from '../model-status.tsx';
import type { ModelsController } from '../models-controller.ts';
import { SegmentedControl } from '../../kit/segmented-control.tsx';

const CHOICES: readonly number[] = [2, 5, 10, 30, 0];
const PACES: readonly PaceSetting[] = ['polite', 'balanced', 'full'];

export function ActiveModelCard({
  active,
  controller,
}: {
  active: Models['active'];
  controller: ModelsController;
}) {
  if (active.kind === 'none' || active.kind === 'importing') return null;
  const name = 'model' in active ? active.model.name : '';
  const releasing = controller.isWaiting('unload', {});
  return (
    <div class={`card now ${active.kind}`}>
      <div class="row between">
        <div class="stack tight" role="status">
          <p>
            <span class="dot" aria-hidden="true" />
            <strong>{t(`now-${active.kind}`, { name })}</strong>
          </p>
          {active.kind === 'ready' && (
            <p class="soft small">{t('now-memory', { adapter: adapterName(active.adapter) })}</p>
          )}
          {active.kind === 'idle' && <p class="soft small">{t('now-idle-hint')}</p>}
        </div>
        {active.kind === 'ready' && (
          <button
            type="button"
            class="button little"
            disabled={releasing}
            onClick={() => void controller.waitFor('unload', {})}
          >
            {t('now-release')}
          </button>
        )}
        {active.kind === 'idle' && (
          <button type="button" class="button little" onClick={() => void controller.request('warm', {})}>
            <Icon name="play" />
            {t('now-load')}
          </button>
        )}
      </div>
      {active.kind === 'loading' && (
        <progress
          class="bar"
          aria-label={t('model-loading', { name })}
          value={modelProgress(active)}
          max={1}
        />
      )}
      {releasing && <PendingNote text={t('wait-answer')} />}
      <IdleChoice controller={controller} />
      <PaceChoice controller={controller} />
    </div>
  );
}

/** A request that waits for a running answer. */
export function PendingNote({ text }: { text: string }) {
  return (
    <p class="soft small" role="status">
      <span class="pulse" aria-hidden="true" /> {text}
    </p>
  );
}

function PaceChoice({ controller }: { controller: ModelsController }) {
  const pace = controller.worker.settings.value?.pace;
  if (pace === undefined) return null;
  return (
    <div class="inline small soft">
      {t('pace-title')}
      <SegmentedControl
        name="pace"
        label={t('pace-title')}
        values={PACES}
        chosen={pace}
        text={(value) => t(`pace-${value}`)}
        onChoose={(value) => void controller.change({ pace: value })}
      />
      <span>{t(`pace-${pace}-hint`)}</span>
      <button type="button" class="button quiet little" onClick={controller.environment.openSettings}>
        <Icon name="gear" />
        {t('settings-title')}
      </button>
    </div>
  );
}

function IdleChoice({ controller }: { controller: ModelsController }) {
  const minutes = controller.worker.settings.value?.idleMinutes ?? IDLE_MINUTES;
  return (
    <label class="inline small soft">
      {t('now-idle-after')}
      <select
        class="field little"
        value={minutes}
        onChange={(event) => void controller.change({ idleMinutes: Number(event.currentTarget.value) })}
      >
        {CHOICES.map((choice) => (
          <option key={choice} value={choice}>
            {choice === 0 ? t('minutes-never') : t('minutes', { n: choice })}
          </option>
        ))}
      </select>
    </label>
  );
}
