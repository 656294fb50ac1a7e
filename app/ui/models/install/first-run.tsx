/**
 * The first run, in three steps: what this device can do, one model to get by one button, and a first summary of an
 * article that Linnet brings along. It goes away when it is finished or skipped, and does not come back.
 */
import { addressOf, type CatalogueEntry } from '../../../catalogue/catalogue.ts';
import { type DeviceFacts, fitOf, knowsLanguage, recommend } from '../../../catalogue/fit.ts';
import { bytes, languageNames, number, t, textLanguage, type TextKey } from '../../../i18n/index.ts';
import { isOver, type Job, type JobStatus, type Models } from '../../../protocol/types.ts';
import { installStateOf } from './catalogue-section.tsx';
import { DeviceCheck, useDevice } from './device-section.tsx';
import { ErrorNote } from '../../kit/error-note.tsx';
import { FitBadge, FitReasons } from './fit-badge.tsx';
import { Icon } from '../../kit/icons.tsx';
import { readingOf } from '../../state/job-reducer.ts';
import { ImportCard } from './import-card.tsx';
import { Markdown } from '../../conversation/markdown.tsx';
import type { ModelsController } from '../models-controller.ts';

type FirstRunStep = 1 | 2 | 3;

const STATUS: { readonly [S in JobStatus]?: TextKey } = {
  queued: 'status-queued',
  loading: 'status-loading',
  reading: 'status-reading-text',
  writing: 'status-writing',
};

/** Whether a person is still on the way to the first summary. */
export function isFirstRun({ worker: live }: ModelsController): boolean {
  const { value: settings } = live.settings;
  return settings !== undefined && live.models.value !== undefined && settings.welcomed !== true;
}

/** The import that its second step shows. */
export function importOfFirstRun({ worker: live }: ModelsController): string | undefined {
  const models = live.models.value;
  return models === undefined || stepOf(models) !== 2 ? undefined : realImports(models)[0]?.id;
}

export function FirstRun({ state }: { state: ModelsController }) {
  const models = state.worker.models.value;
  if (models === undefined) return null;
  const step = stepOf(models);
  const checked = state.checked.value;
  const finish = () => void state.change({ welcomed: true });
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
          <DeviceCheck state={state} />
        </div>
      )}
      {step < 3 && checked && <GetOne state={state} models={models} />}
      {step === 3 && <TryIt state={state} models={models} onDone={finish} />}
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
  if (models.stored.some((model) => model.demo !== true)) return 3;
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

function GetOne({ state, models }: { state: ModelsController; models: Models }) {
  const device = useDevice(state);
  const [running] = realImports(models);
  if (running !== undefined) return <ImportCard entry={running} state={state} />;
  if (device === undefined) return null;
  const entry = recommend(state.catalogue, device, textLanguage());
  return entry === undefined ? (
    <Nothing entry={state.catalogue[0]} device={device} />
  ) : (
    <Recommended entry={entry} device={device} models={models} state={state} />
  );
}

function Recommended({
  entry,
  device,
  models,
  state,
}: {
  entry: CatalogueEntry;
  device: DeviceFacts;
  models: Models;
  state: ModelsController;
}) {
  const fit = fitOf(entry, device);
  const sizes = { wire: bytes(entry.wireBytes), device: bytes(entry.deviceBytes) };
  return (
    <div class="card recommended">
      <p class="soft small">{t('recommended-title')}</p>
      <div class="row head">
        <h3 dir="auto">{entry.name}</h3>
        <FitBadge verdict={fit.result} />
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
      <p class="tasks small">{entry.goodAt.map((task) => t(`task-${task}`)).join(' · ')}</p>
      <button
        type="button"
        class="button primary big"
        disabled={installStateOf(entry, models) !== undefined}
        onClick={() => void state.request('import-address', { address: addressOf(entry), name: entry.name })}
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

function Nothing({ entry, device }: { entry: CatalogueEntry | undefined; device: DeviceFacts }) {
  return (
    <div class="note">
      <p>{t('recommended-none')}</p>
      {entry !== undefined && <FitReasons fit={fitOf(entry, device)} />}
    </div>
  );
}

function TryIt({ state, models, onDone }: { state: ModelsController; models: Models; onDone(): void }) {
  const job = [...state.worker.jobs.value.values()].at(-1);
  const name = 'model' in models.active ? models.active.model.name : '';
  const over = job !== undefined && isOver(job.status);
  const { shortcut } = state.outside;
  const keys = window.matchMedia('(pointer: coarse)').matches ? undefined : shortcut;
  return (
    <div class="stack try">
      <h3>{t('try-title')}</h3>
      <p>{t('try-intro', { name })}</p>
      <details>
        <summary>
          {t('try-article')}: <cite>{state.article.title}</cite>
        </summary>
        <div class="article small" lang={state.article.lang} dir={state.article.dir}>
          {state.article.text.split('\n\n').map((paragraph) => (
            <p key={paragraph.slice(0, 40)}>{paragraph}</p>
          ))}
        </div>
      </details>
      {(job === undefined || over) && (
        <div class="row">
          <button
            type="button"
            class={`button${over ? '' : ' primary big'}`}
            onClick={() => void state.summariseArticle()}
          >
            <Icon name={over ? 'again' : 'summary'} />
            {t(over ? 'regenerate' : 'try-button')}
          </button>
        </div>
      )}
      {job !== undefined && (
        <div class="card answer-card" aria-live="polite" aria-busy={!over}>
          {job.text.trim() !== '' && <Markdown text={job.text} />}
          {job.status === 'stopped' && <p class="soft small">{t('status-stopped')}</p>}
          {job.error !== undefined && <ErrorNote error={job.error} />}
          {!over && <Progress job={job} onStop={() => void state.request('stop', { job: job.id })} />}
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
  const { status, tokens = 0, tokensPerSecond = 0 } = job;
  const reading = readingOf(job);
  const facts = [
    STATUS[status] !== undefined && t(STATUS[status]),
    reading && t('reading-progress', { done: reading.done, total: reading.total }),
    status === 'writing' && tokens > 0 && t('tokens', { n: tokens }),
    status === 'writing' && tokensPerSecond > 0 && t('rate', { rate: number(tokensPerSecond, 1) }),
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
