/** The popup: header with the model, the start or a conversation, and the field for questions. */
import type { Conversation, Job, Models } from '../protocol/types.ts';
import { t } from '../i18n/index.ts';
import { Composer } from './composer.tsx';
import { ConversationView } from './conversation.tsx';
import { ErrorNote } from './error-note.tsx';
import { Bird, Icon } from './icons.tsx';
import { ModelNote, ModelPill } from './model-state.tsx';
import { partLabel } from './summary-view.tsx';
import { PageActions } from './page-actions.ts';
import type { PopupState } from './popup-state.ts';
import { Start } from './start.tsx';

export function Popup({ state }: { state: PopupState }) {
  const { live, outside } = state;
  const models = live.models.value;
  const conversation = live.conversation.value;
  const shown = state.shown.value;
  const failure = state.failure.value;
  const unseen = state.unseen.value;
  return (
    <div class="popup">
      <Header state={state} />
      {shown !== undefined && <Trail state={state} />}
      <main class="scroller">
        <div class="column">
          <ModelNote models={models} onModels={outside.openModels} />
          <DemoHint models={models} onModels={outside.openModels} />
          {failure !== undefined && <ErrorNote error={failure} />}
          {shown === undefined ? (
            <Start
              page={state.page.value}
              settings={live.settings.value}
              recent={state.recent.value}
              able={models?.active.kind !== 'none'}
              shortcut={outside.shortcut}
              onSummarise={(what) => void state.summarise(what)}
              onSettings={(settings) => void state.set(settings)}
              onTranslate={() => void state.translateSelection()}
              onResume={(id) => state.resume(id)}
            />
          ) : (
            conversation !== undefined && (
              <PageActions.Provider value={actionsOf(state, conversation)}>
                <ConversationView
                  jobs={state.jobs.value}
                  onRegenerate={(job) => void state.regenerate(job)}
                  onModels={outside.openModels}
                />
              </PageActions.Provider>
            )
          )}
        </div>
      </main>
      {unseen !== undefined && (
        <p class="unseen small" role="alert">
          {t(`passage-${unseen}`)}
        </p>
      )}
      <Question state={state} />
      <Announcer job={state.jobs.value.at(-1)} />
    </div>
  );
}

function actionsOf(state: PopupState, { page }: Conversation): PageActions | undefined {
  if (page === undefined) return undefined;
  return {
    page,
    showPassage: (text) => void state.showPassage(text),
    askAbout: () => document.querySelector<HTMLElement>('.composer textarea')?.focus(),
  };
}

function Header({ state: { live, outside } }: { state: PopupState }) {
  return (
    <header>
      <Bird />
      <h1>{t('popup-title')}</h1>
      <ModelPill models={live.models.value} up={live.up.value} onClick={outside.openModels} />
      {outside.openInTab !== undefined && (
        <button
          type="button"
          class="button quiet icon"
          aria-label={t('open-in-tab')}
          title={t('open-in-tab')}
          onClick={outside.openInTab}
        >
          <Icon name="tab" />
        </button>
      )}
    </header>
  );
}

/** Above a conversation: the way back, what it is about, a new one, away with it. */
function Trail({ state }: { state: PopupState }) {
  const conversation = state.live.conversation.value;
  return (
    <nav class="trail">
      <button
        type="button"
        class="button quiet icon"
        aria-label={t('back')}
        title={t('back')}
        onClick={() => void state.startAnew()}
      >
        <Icon name="back" />
      </button>
      <p class="page-title" dir="auto" title={conversation?.title}>
        {conversation?.title}
      </p>
      <button
        type="button"
        class="button quiet icon"
        aria-label={t('new-chat')}
        title={t('new-chat')}
        onClick={() => void state.startAnew()}
      >
        <Icon name="plus" />
      </button>
      <button
        type="button"
        class="button quiet icon"
        aria-label={t('delete-conversation')}
        title={t('delete-conversation')}
        onClick={() => void state.remove()}
      >
        <Icon name="bin" />
      </button>
    </nav>
  );
}

function Question({ state }: { state: PopupState }) {
  const page = state.page.value;
  const conversation = state.live.conversation.value;
  const within = state.shown.value !== undefined;
  const title = within
    ? conversation?.page?.title
    : page.kind === 'read'
      ? page.reading.page.title
      : undefined;
  const on = within || state.aboutPage.value;
  const chip = title === undefined ? undefined : { title, on, fixed: within };
  return (
    <footer>
      <Composer
        placeholder={within ? 'ask-more' : chip?.on === true ? 'ask-about-page' : 'ask-anything'}
        running={state.running.value !== undefined}
        able={state.live.models.value?.active.kind !== 'none'}
        page={chip}
        onPage={(wanted) => {
          state.aboutPage.value = wanted;
        }}
        onSend={(text) => void state.ask(text)}
        onStop={() => void state.stop()}
      />
    </footer>
  );
}

function DemoHint({ models, onModels }: { models: Models | undefined; onModels(): void }) {
  const active = models?.active;
  if (active === undefined || !('model' in active) || active.model.demo !== true) return null;
  return (
    <p class="aside demo">
      <span>
        {t('model-demo-hint')}{' '}
        <button type="button" class="link" onClick={onModels}>
          {t('model-choose')}
        </button>
      </span>
    </p>
  );
}

/** Tells a screen reader how the work goes; the answer itself is read when it is complete. */
function Announcer({ job }: { job: Job | undefined }) {
  const said =
    job === undefined || job.status === 'failed' || job.status === 'interrupted'
      ? ''
      : job.status === 'done'
        ? `${t('status-done')}. ${job.text}`
        : `${partLabel(job)} ${t(`status-${job.status}`)}`;
  return (
    <div class="hidden-visually" role="status" aria-live="polite">
      {said}
    </div>
  );
}
