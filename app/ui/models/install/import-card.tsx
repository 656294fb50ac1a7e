/** One import: progress, speed and time left; pause, continue and cancel; errors with what to do. */
import { bytes, duration, percent, t, type TextKey } from '../../../i18n/index.ts';
import type { ImportState } from '../../../protocol/types.ts';
import { ErrorNote } from '../../kit/error-note.tsx';
import { type Definition, DefinitionList } from '../../kit/definition-list.tsx';
import { Icon } from '../../kit/icons.tsx';
import type { ModelsController } from '../models-controller.ts';

/** All imports except the one with the id `except`, which is shown elsewhere. */
export function ImportCards({
  controller,
  except,
}: {
  controller: ModelsController;
  except: string | undefined;
}) {
  const imports = (controller.worker.models.value?.imports ?? []).filter(({ id }) => id !== except);
  if (imports.length === 0) return null;
  return (
    <section class="stack" aria-label={t('imports-title')}>
      <h2>{t('imports-title')}</h2>
      {imports.map((entry) => (
        <ImportCard key={entry.id} entry={entry} controller={controller} />
      ))}
    </section>
  );
}

const TITLES = {
  running: 'model-importing',
  waiting: 'import-waiting',
  paused: 'import-paused',
  failed: 'import-failed',
} as const satisfies Record<ImportState['status'], TextKey>;

export function ImportCard({ entry, controller }: { entry: ImportState; controller: ModelsController }) {
  const { name, status, error, needsFiles } = entry;
  const shown = name ?? t('model-demo-name');
  const improving = entry.improves !== undefined;
  const title = improving && status === 'running' ? 'improving' : TITLES[status];
  return (
    <article class={`card import ${status}`}>
      <h3>{t(title, { name: shown })}</h3>
      {status === 'failed' && error !== undefined && (
        <ErrorNote error={error}>
          <ErrorFacts error={error} />
        </ErrorNote>
      )}
      {(status !== 'failed' || entry.kept === true) && (
        <Progress entry={entry} label={t(title, { name: shown })} />
      )}
      {improving && (status === 'running' || status === 'paused') && (
        <p class="soft small">{t('improving-hint')}</p>
      )}
      {status === 'waiting' && (
        <p class="soft small" role="status">
          {t('import-waiting-hint')}
        </p>
      )}
      {status === 'paused' && (
        <p class="soft small">{t(needsFiles === true ? 'import-needs-files' : 'import-paused-hint')}</p>
      )}
      <ImportButtons entry={entry} controller={controller} name={shown} />
    </article>
  );
}

function ImportButtons({
  entry,
  controller,
  name,
}: {
  entry: ImportState;
  controller: ModelsController;
  name: string;
}) {
  const { id, status, needsFiles, kept } = entry;
  const nothingKept = status === 'failed' && kept !== true;
  const again = nothingKept ? 'retry' : status === 'waiting' ? 'import-try-now' : 'continue';
  return (
    <div class="row">
      {(status === 'running' || status === 'waiting') && (
        <button
          type="button"
          class="button little"
          onClick={() => void controller.request('pause-import', { id })}
        >
          <Icon name="pause" />
          {t('pause')}
        </button>
      )}
      {status !== 'running' && needsFiles !== true && (
        <button
          type="button"
          class="button little"
          onClick={() => void controller.request('resume-import', { id })}
        >
          <Icon name={nothingKept ? 'again' : 'play'} />
          {t(again)}
        </button>
      )}
      <button
        type="button"
        class="button quiet little"
        aria-label={nothingKept ? undefined : t('import-cancel-named', { name })}
        onClick={() => void controller.request('dismiss-import', { id })}
      >
        {t(nothingKept ? 'dismiss' : 'cancel')}
      </button>
    </div>
  );
}

function Progress({ entry, label }: { entry: ImportState; label: string }) {
  const { phase, done, total, tensor } = entry.progress;
  const { bytesPerSecond, status, calibrates = false } = entry;
  const left = bytesPerSecond > 0 && total > done ? (total - done) / bytesPerSecond : undefined;
  const facts = [
    status === 'running' && t(calibrates && phase === 'converting' ? 'phase-calibrating' : `phase-${phase}`),
    total > 0 && t('import-progress', { done: bytes(done), total: bytes(total) }),
    bytesPerSecond > 0 && t('import-rate', { rate: bytes(bytesPerSecond) }),
    left !== undefined && t('import-left', { time: duration(left) }),
  ].filter((fact) => fact !== false);
  return (
    <div class="progress">
      <div class="row between">
        <p class="soft small facts-line" title={tensor}>
          {facts.join(' · ')}
        </p>
        {total > 0 && <strong class="small part">{percent(done / total)}</strong>}
      </div>
      <progress
        class="bar thick"
        aria-label={label}
        value={total > 0 ? done / total : status === 'running' ? undefined : 0}
        max={1}
      />
    </div>
  );
}

function ErrorFacts({ error: { who, where, expected, got } }: { error: NonNullable<ImportState['error']> }) {
  const rows: Definition[] = [[t('where'), where === undefined ? who : `${who}, ${where}`]];
  if (expected !== undefined) rows.push([t('expected'), expected]);
  if (got !== undefined) rows.push([t('got'), got]);
  return <DefinitionList rows={rows} small />;
}
