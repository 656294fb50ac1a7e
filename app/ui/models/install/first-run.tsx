/**
 * The first run, in three steps: a check of the device, one recommended model to get, and a first summary of a bundled
 * article. Shown until it is finished or skipped.
 */
import { isPractice, writesText } from '../../../protocol/model-traits.ts';
import { addressOf, type CatalogueEntry } from '../../../catalogue/catalogue.ts';
import { type DeviceFacts, fitOf, knowsLanguage, recommend } from '../../../catalogue/fit.ts';
import { bytes, languageNames, number, t, textLanguage, type TextKey } from '../../../i18n/index.ts';
import { errorOf, isOver, type Job, type JobPhase, type Models } from '../../../protocol/types.ts';
import { installStateOf } from './catalogue-section.tsx';
import { DeviceCheck, useDevice } from './device-section.tsx';
import { ErrorNote } from '../../kit/error-note.tsx';
import { FitBadge, FitReasons } from './fit-badge.tsx';
import { Icon } from '../../kit/icons.tsx';
import { readingOf } from '../../state/job-reducer.ts';
import { ImportCard } from './import-card.tsx';
import { Prose } from '../../conversation/markdown/prose.tsx';
import type { ModelsController } from '../models-controller.ts';

type FirstRunStep = 1 | 2 | 3;

const STATUS: { readonly [S in JobPhase]?: TextKey } = {
  queued: 'status-queued',
  loading: 'status-loading',
  reading: 'status-reading-text',
  writing: 'status-writing',
};

/** Whether the first run is neither finished nor skipped. False until settings and models are known. */
export function isFirstRun({ worker }: ModelsController): boolean {
  const { value: settings } = worker.settings;
  return settings !== undefined && worker.models.value !== undefined && settings.welcomed !== true;
}

/** The id of the import that the second step shows. */
export function importOfFirstRun({ worker }: ModelsController): string | undefined {
  const models = worker.models.value;
  return models === undefined || stepOf(models) !== 2 ? undefined : realImports(models)[0]?.id;
}

export function FirstRun({ controller }: { controller: ModelsController }) {
  const models = controller.worker.models.value;
  if (models === undefined) return null;
  const step = stepOf(models);
  const checked = controller.checked.value;
  const finish = () => void controller.change({ welcomed: true });
  return (
    <section class="welcome" aria-labelledby="welcome-title">
      <div class="stack">
        <h2 id="welcome-title">{t('welcome-title')}</h2>
        <p>{t('welcome-intro')}</p>
        <Steps step={step} />
      </div>
      {step < 3 && (
        <div class="stack">
          <h3>{t('device-title')}</h3>
          <DeviceCheck controller={controller} />
        </div>
      )}
      {step < 3 && checked && <GetModel controller={controller} models={models} />}
      {step === 3 && <FirstSummary controller={controller} models={models} onDone={finish} />}
      {step < 3 && checked && (
        <div class="row">
          <a class="button quiet little" href="#catalogue">
            {t('welcome-other')}
          </a>
          <button type="button" class="button quiet little" onClick={finish}>
            {t('welcome-skip')}
          </button>
        </div>
      )}
    </section>
  );
}

function stepOf(models: Models): FirstRunStep {
  if (models.stored.some((model) => writesText(model) && !isPractice(model))) return 3;
  return realImports(models).length > 0 ? 2 : 1;
}

const realImports = ({ imports }: Models) => imports.filter(({ id }) => id !== 'demo');

function Steps({ step }: { step: FirstRunStep }) {
  const names = ['step-device', 'step-model', 'step-try'] as const;
  return (
    <ol class="steps small" aria-label={t('step-of', { n: step })}>
      {names.map((name, i) => {
        const done = i + 1 < step;
        return (
          <li
            key={name}
            class={done ? 'done' : i + 1 === step ? 'now' : ''}
            aria-current={i + 1 === step ? 'step' : undefined}
          >
            <span class="number" aria-hidden="true">
              {done ? <Icon name="check" /> : i + 1}
            </span>
            {t(name)}
          </li>
        );
      })}
    </ol>
  );
}

function GetModel({ controller, models }: { controller: ModelsController; models: Models }) {
  const device = useDevice(controller);
  const [running] = realImports(models);
  if (running !== undefined) return <ImportCard entry={running} controller={controller} />;
  if (device === undefined) return null;
  const entry = recommend(controller.catalogue, device, textLanguage());
  return entry === undefined ? (
    <NothingFits entry={controller.catalogue[0]} device={device} />
  ) : (
    <Recommended entry={entry} device={device} models={models} controller={controller} />
  );
}

function Recommended({
  entry,
  device,
  models,
  controller,
}: {
  entry: CatalogueEntry;
  device: DeviceFacts;
  models: Models;
  controller: ModelsController;
}) {
  const fit = fitOf(entry, device);
  const sizes = { wire: bytes(entry.wireBytes), device: bytes(entry.deviceBytes) };
  return (
    <div class="card recommended">
      <p class="soft small">{t('recommended-title')}</p>
      <div class="row head">
        <h3 dir="auto">{entry.name}</h3>
        <FitBadge result={fit.result} />
      </div>
      <p class="small">{t(fit.result === 'yes' ? 'recommended-why' : 'recommended-tight')}</p>
      <FitReasons fit={fit} />
      {!knowsLanguage(entry, textLanguage()) && (
        <p class="small">
          <strong>
            {t('recommended-language', {
              languages: languageNames(entry.languages),
              language: languageNames([textLanguage()]),
            })}
          </strong>
        </p>
      )}
      <p class="tasks small">{entry.goodAt.map((task) => t(`good-${task}`)).join(' · ')}</p>
      <button
        type="button"
        class="button primary big"
        disabled={installStateOf(entry, models) !== undefined}
        onClick={() =>
          void controller.request('import-address', { address: addressOf(entry), name: entry.name })
        }
      >
        <Icon name="download" />
        {t('recommended-get', { name: entry.name })}
      </button>
      <p class="soft small">
        {t('recommended-size', sizes)}. {t('recommended-after')}
      </p>
    </div>
  );
}

function NothingFits({ entry, device }: { entry: CatalogueEntry | undefined; device: DeviceFacts }) {
  return (
    <div class="note">
      <p>{t('recommended-none')}</p>
      {entry !== undefined && <FitReasons fit={fitOf(entry, device)} />}
    </div>
  );
}

function FirstSummary({
  controller,
  models,
  onDone,
}: {
  controller: ModelsController;
  models: Models;
  onDone(): void;
}) {
  const job = [...controller.worker.jobs.value.values()].at(-1);
  const name = 'model' in models.active ? models.active.model.name : '';
  const over = job !== undefined && isOver(job);
  const error = job && errorOf(job);
  const { shortcut } = controller.environment;
  const keys = window.matchMedia('(pointer: coarse)').matches ? undefined : shortcut;
  return (
    <div class="stack try">
      <h3>{t('try-title')}</h3>
      <p>{t('try-intro', { name })}</p>
      <details>
        <summary>
          {t('try-article')}: <cite>{controller.article.title}</cite>
        </summary>
        <div class="article small" lang={controller.article.lang} dir={controller.article.dir}>
          {controller.article.text.split('\n\n').map((paragraph) => (
            <p key={paragraph.slice(0, 40)}>{paragraph}</p>
          ))}
        </div>
      </details>
      {(job === undefined || over) && (
        <div class="row">
          <button
            type="button"
            class={`button${over ? '' : ' primary big'}`}
            onClick={() => void controller.summariseArticle()}
          >
            <Icon name={over ? 'again' : 'summary'} />
            {t(over ? 'regenerate' : 'try-button')}
          </button>
        </div>
      )}
      {job !== undefined && (
        <div class="card answer-card" aria-live="polite" aria-busy={!over}>
          {job.text.trim() !== '' && <Prose text={job.text} growing={!over} />}
          {job.progress.phase === 'stopped' && <p class="soft small">{t('status-stopped')}</p>}
          {error !== undefined && <ErrorNote error={error} />}
          {!over && <Progress job={job} onStop={() => void controller.request('stop', { job: job.id })} />}
        </div>
      )}
      {over && <p>{keys === undefined ? t('try-next-touch') : t('try-next', { key: keys })}</p>}
      <div class="row">
        <button type="button" class={`button${over ? ' primary' : ' quiet little'}`} onClick={onDone}>
          {t(over ? 'try-done' : 'welcome-skip')}
        </button>
      </div>
    </div>
  );
}

function Progress({ job, onStop }: { job: Job; onStop(): void }) {
  const { tokens = 0, tokensPerSecond = 0 } = job;
  const { phase } = job.progress;
  const reading = readingOf(job);
  const facts = [
    STATUS[phase] !== undefined && t(STATUS[phase]),
    reading && t('reading-progress', { done: reading.done, total: reading.total }),
    phase === 'writing' && tokens > 0 && t('tokens', { n: tokens }),
    phase === 'writing' && tokensPerSecond > 0 && t('rate', { rate: number(tokensPerSecond, 1) }),
  ];
  return (
    <>
      <div class="row between">
        <p class="soft small facts-line">{facts.filter(Boolean).join(' · ')}</p>
        <button type="button" class="button little" onClick={onStop}>
          <Icon name="stop" />
          {t('stop')}
        </button>
      </div>
      <progress class="bar" aria-hidden="true" value={reading && reading.done / reading.total} max={1} />
    </>
  );
}
