/** The Models page: the first run, what is on the device, how more comes, how fast it is, and facts for a report. */
import { adapterName } from '../../catalogue/device.ts';
import { bytes, number, t } from '../../i18n/index.ts';
import { BenchmarkSection } from './benchmark-section.tsx';
import { CatalogueSection } from './install/catalogue-section.tsx';
import { CopyButton } from '../kit/copy-button.tsx';
import { DeviceCheck } from './install/device-section.tsx';
import { ErrorNote } from '../kit/error-note.tsx';
import { type Definition, DefinitionList } from '../kit/definition-list.tsx';
import { FirstRun, importOfFirstRun, isFirstRun } from './install/first-run.tsx';
import { Bird } from '../kit/icons.tsx';
import { ImportCards } from './install/import-card.tsx';
import { ImportSection } from './install/import-section.tsx';
import type { ModelsController } from './models-controller.ts';
import { fromDrop } from '../files/file-picker.ts';
import { StoredSection } from './stored-section.tsx';
import { TasksSection } from './tasks-section.tsx';
import { useDrop } from '../files/use-drop.ts';

export function ModelsPage({ state }: { state: ModelsController }) {
  // From the first frame on, whatever of the page is there yet.
  const over = useDrop((data) => void state.importPicked(fromDrop(data)));
  const failure = state.failure.value;
  const active = state.worker.models.value?.active;
  const gpuError = state.diagnostics.value?.adapterError;
  const first = isFirstRun(state);
  // What is not known yet would push aside what is beneath it, and with it what a hand is on its way to.
  const checked = state.checked.value;
  const unreachable = checked && state.diagnostics.value === undefined;
  const known = unreachable || (active !== undefined && state.worker.settings.value !== undefined);
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
      {gpuError !== undefined && <ErrorNote error={gpuError} />}
      {active?.kind === 'failed' && active.error.code !== gpuError?.code && (
        <ErrorNote error={active.error} />
      )}
      {!known && <p class="soft">{t('model-connecting')}</p>}
      {first && <FirstRun state={state} />}
      {known && (checked || !first) && (
        <>
          <ImportCards state={state} except={first ? importOfFirstRun(state) : undefined} />
          <StoredSection state={state} />
          <TasksSection state={state} />
        </>
      )}
      {known && checked && (
        <>
          <CatalogueSection state={state} />
          <ImportSection state={state} over={over} />
          <BenchmarkSection state={state} />
          {!first && (
            <section class="stack">
              <h2>{t('device-title')}</h2>
              <DeviceCheck state={state} />
            </section>
          )}
          <DiagnosticsSection state={state} />
        </>
      )}
    </main>
  );
}

function DiagnosticsSection({ state }: { state: ModelsController }) {
  const diagnostics = state.diagnostics.value;
  if (diagnostics === undefined) return null;
  const { version } = state.outside;
  const report = { linnet: version, pace: state.worker.settings.value?.pace, ...diagnostics };
  const { adapter, adapterError, userAgent, cores, memoryGiB } = diagnostics;
  const rows: readonly Definition[] = [
    [t('adapter'), adapter === undefined ? (adapterError?.message ?? '') : adapterName(adapter)],
    ...(adapter === undefined
      ? []
      : [[t('adapter-f16'), t(adapter.features.includes('shader-f16') ? 'yes' : 'no')] as const]),
    ...(adapter?.variants === undefined
      ? []
      : [
          [
            t('adapter-forms'),
            adapter.variants.map(({ variant: form, state }) => `${form}: ${state}`).join(', '),
          ] as const,
        ]),
    [t('cores'), number(cores)],
    ...(memoryGiB === undefined ? [] : [[t('memory'), bytes(memoryGiB * 1e9)] as const]),
    [t('browser'), userAgent],
    [t('popup-title'), version],
  ];
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
