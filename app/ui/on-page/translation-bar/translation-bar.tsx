/** The floating control on a translated page: from which language where that is not known, into which, how it is shown, how far it is, and the way back. */
import { number, ownName, t } from '../../../i18n/index.ts';
import { ErrorNote } from '../../kit/error-note.tsx';
import { Icon } from '../../kit/icons.tsx';
import { SourceChoice, TargetChoice } from '../../kit/language-choice.tsx';
import { modelsButton } from '../models-button.tsx';
import type { TranslationController, Progress } from './translation-controller.ts';

export function PageControl({ state }: { state: TranslationController }) {
  if (!state.shown.value) return null;
  const progress = state.progress.value;
  const { done, total } = progress ?? NOTHING;
  const failure = state.failure.value;
  return (
    <section class="control surface" aria-label={t('page-translation')}>
      {total > 0 && <progress class="bar" aria-hidden="true" value={done / total} max={1} />}
      <span class="mark" aria-hidden="true">
        <Icon name="translate" />
      </span>
      {state.unsure.value && (
        <SourceChoice from={state.from.value} onFrom={(tag) => void state.setFrom(tag)} />
      )}
      <TargetChoice to={state.language.value} onTo={(tag) => void state.setLanguage(tag)} />
      <div class="options">
        <Views state={state} />
        <WholePage state={state} />
      </div>
      <State state={state} />
      {progress !== undefined && <Going state={state} progress={progress} />}
      <button
        type="button"
        class="button quiet icon"
        aria-label={t('page-restore')}
        title={t('page-restore')}
        onClick={() => state.restore()}
      >
        <Icon name="close" />
      </button>
      {state.asking.value && (
        <p class="wide small">
          {t('language-same', { language: ownName(state.language.value) })}{' '}
          {state.from.value !== undefined && t('language-wrong')}
        </p>
      )}
      {state.unsure.value && state.from.value === undefined && (
        <p class="wide small soft">{t('language-ask')}</p>
      )}
      {failure !== undefined && (
        <div class="wide">
          <ErrorNote error={failure}>{modelsButton(failure)}</ErrorNote>
        </div>
      )}
    </section>
  );
}

const NOTHING = { done: 0, total: 0 };

/** How far it is, and what it does or waits for. */
function State({ state }: { state: TranslationController }) {
  const progress = state.progress.value;
  const { done, total } = progress ?? NOTHING;
  const quiet = state.failure.value !== undefined || state.asking.value;
  return (
    <div class="state small soft">
      <span class="said" title={t('page-progress-label', { done, total })}>
        {total > 0 && t('page-progress', { done: number(done), total: number(total) })}
      </span>
      <span role="status">{!quiet && t(progress === undefined ? 'model-connecting' : saidOf(progress))}</span>
    </div>
  );
}

function Views({ state }: { state: TranslationController }) {
  return (
    <fieldset class="views" aria-label={t('view')}>
      {(['both', 'translation'] as const).map((view) => (
        <button
          key={view}
          type="button"
          class="button quiet little"
          aria-pressed={state.view.value === view}
          onClick={() => state.setView(view)}
        >
          {t(`view-${view}`)}
        </button>
      ))}
    </fieldset>
  );
}

function WholePage({ state }: { state: TranslationController }) {
  const whole = state.scope.value === 'page';
  return (
    <button
      type="button"
      class="button quiet little"
      aria-pressed={whole}
      onClick={() => state.setScope(whole ? 'article' : 'page')}
    >
      {t('whole-page')}
    </button>
  );
}

function Going({ state, progress }: { state: TranslationController; progress: Progress }) {
  const { running, stopped } = progress;
  if (stopped || state.failure.value !== undefined) {
    return (
      <button
        type="button"
        class="button little going"
        aria-label={t('page-continue')}
        onClick={() => state.resume()}
      >
        <Icon name="again" />
        <span>{t('page-continue')}</span>
      </button>
    );
  }
  if (!running) return null;
  return (
    <button type="button" class="button little going" aria-label={t('stop')} onClick={() => state.stop()}>
      <Icon name="stop" />
      <span>{t('stop')}</span>
    </button>
  );
}

/** Said when the state changes, not with every paragraph. */
function saidOf({ done, total, running, stopped }: Progress) {
  if (stopped) return 'page-stopped';
  if (running) return 'page-working';
  if (total === 0) return 'page-nothing';
  return done === total ? 'page-done' : 'page-waiting';
}
