/** The status of the active model: in the popup's header and, if the person has to act, as a note. */
import type { ActiveModel, Models } from '../../protocol/types.ts';
import { bytes, t } from '../../i18n/index.ts';
import type { OwnServer } from '../../protocol/server/own-server.ts';
import { ErrorNote } from '../kit/error-note.tsx';
import { Icon } from '../kit/icons.tsx';

export function modelLabel(models: Models | undefined, up: boolean | undefined): string {
  if (models === undefined || up === false) return t('model-connecting');
  const { active } = models;
  switch (active.kind) {
    case 'none':
      return t('model-none');
    case 'importing':
      return t('model-importing', { name: active.name ?? t('model-demo-name') });
    case 'loading':
      return t('model-loading', { name: active.model.name });
    case 'failed':
      return t('model-failed');
    default:
      return active.model.name;
  }
}

/** The progress of an import or of loading, from 0 to 1; undefined if there is none or it is not known. */
export function modelProgress(active: ActiveModel | undefined): number | undefined {
  if (active?.kind !== 'importing' && active?.kind !== 'loading') return undefined;
  const { done, total } = active.progress;
  return total > 0 ? done / total : undefined;
}

export function ModelPill({
  models,
  server,
  up,
  onClick,
}: {
  models: Models | undefined;
  /** The person's own server, while it answers. */
  server?: OwnServer | undefined;
  up: boolean | undefined;
  onClick(): void;
}) {
  const kind = server === undefined ? models?.active.kind : 'server';
  const connected = models !== undefined && up !== false;
  const label = server !== undefined && connected ? server.model : modelLabel(models, up);
  return (
    <button
      type="button"
      class={`pill ${up === false ? 'off' : (kind ?? 'off')}`}
      onClick={onClick}
      title={t('models')}
    >
      {kind === 'server' ? <Icon name="upload" /> : <span class="dot" aria-hidden="true" />}
      <span class="pill-name">{label}</span>
      <span class="hidden-visually">, {t('models')}</span>
    </button>
  );
}

/** A note below the header if there is no model or it failed to load; null otherwise. */
export function ModelNote({ models, onModels }: { models: Models | undefined; onModels(): void }) {
  const active = models?.active;
  if (active === undefined) return null;
  if (active.kind === 'none') {
    return (
      <div class="note">
        <p>
          <strong>{t('error-no-model')}</strong> {t('model-none-hint')}
        </p>
        <div class="row">
          <button type="button" class="button primary" onClick={onModels}>
            <Icon name="download" />
            {t('model-choose')}
          </button>
        </div>
      </div>
    );
  }
  if (active.kind === 'failed') {
    return (
      <ErrorNote error={active.error}>
        <button type="button" class="button little" onClick={onModels}>
          {t('models')}
        </button>
      </ErrorNote>
    );
  }
  return null;
}

/** Shown above the input field, where appearing and disappearing does not move other content. */
export function ModelLoading({ models }: { models: Models | undefined }) {
  const active = models?.active;
  if (active?.kind !== 'importing' && active?.kind !== 'loading') return null;
  const part = modelProgress(active);
  const { phase, done, total } = active.progress;
  const counted = phase !== 'compiling' && total > 0;
  return (
    <div class="model-progress">
      <p class="small soft">
        {t(`phase-${phase}`)}
        {counted && ` · ${t('import-progress', { done: bytes(done), total: bytes(total) })}`}
      </p>
      <progress class="bar" aria-label={modelLabel(models, true)} value={part} max={1} />
    </div>
  );
}
