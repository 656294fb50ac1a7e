/** The Models page: first run, imports, stored models, catalogue, benchmark, and diagnostics for a report. */
import { adapterName } from '../../catalogue/device.ts';
import { bytes, number, t } from '../../i18n/index.ts';
import { BenchmarkSection } from './stored/benchmark-section.tsx';
import { CatalogueSection } from './install/catalogue-section.tsx';
import { CopyButton } from '../kit/copy-button.tsx';
import { DeviceCheck } from './install/device-section.tsx';
import { NoticeList } from '../kit/notice-list.tsx';
import { ErrorNote } from '../kit/error-note.tsx';
import { type Definition, DefinitionList } from '../kit/definition-list.tsx';
import { FirstRun, importOfFirstRun, isFirstRun } from './install/first-run.tsx';
import { Bird } from '../kit/icons.tsx';
import { ImportCards } from './install/import-card.tsx';
import { ImportSection } from './install/import-section.tsx';
import type { ModelsController } from './models-controller.ts';
import { fromDrop } from '../files/file-picker.ts';
import { ServerSection } from './server/server-section.tsx';
import { StoredSection } from './stored/stored-section.tsx';
import { TasksSection } from './tasks-section.tsx';
import { useDrop } from '../files/use-drop.ts';

export function ModelsPage({ controller }: { controller: ModelsController }) {
  // Called unconditionally, so that drops are accepted before the page has its content.
  const dragging = useDrop((data) => void controller.importPicked(fromDrop(data)));
  const failure = controller.failure.value;
  const active = controller.worker.models.value?.active;
  const gpuError = controller.diagnostics.value?.adapterError;
  const first = isFirstRun(controller);
  // Content that appears late would move the content below it while a person reaches for it.
  const checked = controller.checked.value;
  const unreachable = checked && controller.diagnostics.value === undefined;
  const known = unreachable || (active !== undefined && controller.worker.settings.value !== undefined);
  return (
    <main class="models-page">
      <header>
        <Bird size={44} />
        <div>
          <h1>{t('models-title')}</h1>
          <p class="soft">{t('models-intro')}</p>
        </div>
      </header>
      {failure !== undefined && <ErrorNote error={failure} />}
      <NoticeList notices={controller.worker.notices.value} />
      {gpuError !== undefined && <ErrorNote error={gpuError} />}
      {active?.kind === 'failed' && active.error.code !== gpuError?.code && (
        <ErrorNote error={active.error} />
      )}
      {!known && <p class="soft">{t('model-connecting')}</p>}
      {first && <FirstRun controller={controller} />}
      {known && (checked || !first) && (
        <>
          <ImportCards controller={controller} except={first ? importOfFirstRun(controller) : undefined} />
          <StoredSection controller={controller} />
          <TasksSection controller={controller} />
        </>
      )}
      {known && checked && (
        <>
          <CatalogueSection controller={controller} />
          <ImportSection controller={controller} dragging={dragging} />
          <ServerSection controller={controller} />
          <BenchmarkSection controller={controller} />
          {!first && (
            <section class="stack">
              <h2>{t('device-title')}</h2>
              <DeviceCheck controller={controller} />
            </section>
          )}
          <DiagnosticsSection controller={controller} />
        </>
      )}
    </main>
  );
}

function DiagnosticsSection({ controller }: { controller: ModelsController }) {
  const diagnostics = controller.diagnostics.value;
  if (diagnostics === undefined) return null;
  const { version } = controller.environment;
  const report = { linnet: version, pace: controller.worker.settings.value?.pace, ...diagnostics };
  const { adapter, adapterError, userAgent, cores, memoryGiB } = diagnostics;
  const rows: Definition[] = [
    [t('adapter'), adapter === undefined ? (adapterError?.message ?? '') : adapterName(adapter)],
  ];
  if (adapter !== undefined) {
    rows.push([t('adapter-f16'), t(adapter.features.includes('shader-f16') ? 'yes' : 'no')]);
  }
  if (adapter?.variants !== undefined) {
    const variants = adapter.variants.map(({ variant, scalar, state }) => `${variant} ${scalar}: ${state}`);
    rows.push([t('adapter-forms'), variants.join(', ')]);
  }
  rows.push([t('cores'), number(cores)]);
  if (memoryGiB !== undefined) rows.push([t('memory'), bytes(memoryGiB * 1e9)]);
  rows.push([t('browser'), userAgent], [t('popup-title'), version]);
  return (
    <section class="stack">
      <h2>{t('diagnostics-title')}</h2>
      <p class="soft small">{t('diagnostics-hint')}</p>
      <DefinitionList rows={rows} small />
      <div class="row tools">
        <CopyButton text={JSON.stringify(report, undefined, 2)} label={t('diagnostics-copy')} />
      </div>
    </section>
  );
}
