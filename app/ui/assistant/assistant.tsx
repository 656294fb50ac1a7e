/** The popup: header with the model, the start or a conversation, and the field for questions. */
import type { Conversation, Job, Models } from '../../protocol/types.ts';
import { t } from '../../i18n/index.ts';
import { ChatsList, UndoOffer } from './chats-list.tsx';
import { Composer } from '../composer/composer.tsx';
import { contextUse } from '../state/context-use.ts';
import { ConversationView } from '../conversation/conversation.tsx';
import { ErrorNote } from '../kit/error-note.tsx';
import { Bird, Icon } from '../kit/icons.tsx';
import { Menu, type MenuItem } from '../kit/menu.tsx';
import { ModelLoading, ModelNote, ModelPill } from '../models/model-status.tsx';
import { partLabel } from '../conversation/summary-view.tsx';
import { PageActions } from '../conversation/page-context.ts';
import type { AssistantController } from './assistant-controller.ts';
import { library } from '../state/prompt-library.ts';
import { Home } from './home.tsx';
import { IconButton, ConversationHeader } from './conversation-header.tsx';

/** `listBeside`: the list of conversations stands beside, as in a wide tab. */
export function Assistant({
  state,
  listBeside = false,
}: {
  state: AssistantController;
  listBeside?: boolean;
}) {
  const listing = state.listing.value && !listBeside;
  return (
    <div class="popup">
      <Header state={state} listBeside={listBeside} />
      {listing ? (
        <main class="scroller">
          <div class="column">
            <ChatsList
              chats={state.chats}
              current={state.shown.value}
              onOpen={(conversation) => state.resume(conversation)}
            />
          </div>
        </main>
      ) : (
        <Work state={state} />
      )}
      <UndoOffer chats={state.chats} />
      {!listing && <AskField state={state} />}
      <Announcer job={state.jobs.value.at(-1)} />
    </div>
  );
}

/** The start, or a conversation. */
function Work({ state }: { state: AssistantController }) {
  const { worker: live, outside } = state;
  const models = live.models.value;
  const conversation = live.conversation.value;
  const shown = state.shown.value;
  const failure = state.failure.value;
  const unseen = state.unseen.value;
  return (
    <>
      {shown !== undefined && <ConversationHeader state={state} />}
      <main class="scroller">
        <div class="column">
          <ModelNote models={models} onModels={outside.openModels} />
          {shown !== undefined && <DemoHint models={models} onModels={outside.openModels} />}
          {failure !== undefined && <ErrorNote error={failure} />}
          {live.kept.value === false && (
            <p class="aside">
              <Icon name="warning" />
              {t('not-kept')}
            </p>
          )}
          {shown === undefined ? (
            <Home
              page={state.page.value}
              title={state.title.value}
              settled={state.settled.value}
              settings={live.settings.value}
              recent={state.recent.value}
              able={models?.active.kind !== 'none'}
              shortcut={outside.shortcut}
              onSummarise={(what) => void state.summarise(what)}
              onSettings={(settings) => void state.change(settings)}
              onTranslate={(what) => void state.translate(what)}
              onResume={(id) => state.resume(id)}
            >
              <DemoHint models={models} onModels={outside.openModels} />
            </Home>
          ) : (
            conversation !== undefined && (
              <PageActions.Provider value={actionsOf(state, conversation)}>
                <ConversationView
                  conversation={conversation}
                  jobs={state.jobs.value}
                  onEdit={(job, text) => state.edit(job, text)}
                  onVersion={(job) => void state.showVersion(job)}
                  onRegenerate={(job) => void state.regenerate(job)}
                  onContinue={(job) => void state.goOn(job)}
                  onModels={outside.openModels}
                />
              </PageActions.Provider>
            )
          )}
        </div>
      </main>
      <ModelLoading models={models} />
      {state.changed.value && <PageChanged state={state} />}
      {unseen !== undefined && (
        <p class="unseen small" role="alert">
          {t(`passage-${unseen}`)}
        </p>
      )}
    </>
  );
}

/** The answers are about what the page said when it was read. */
function PageChanged({ state }: { state: AssistantController }) {
  return (
    <p class="changed small" role="status">
      <span>{t('page-changed')}</span>
      <button
        type="button"
        class="button little"
        disabled={state.worker.models.value?.active.kind === 'none'}
        onClick={() => void state.summarise('page')}
      >
        <Icon name="again" />
        {t('summarise-again')}
      </button>
    </p>
  );
}

function actionsOf(state: AssistantController, { page }: Conversation): PageActions | undefined {
  if (page === undefined) return undefined;
  return {
    page,
    showPassage: (text) => void state.showPassage(text),
    seekPassage: (job, point) => state.seekPassage(job, point),
    askAbout: () => document.querySelector<HTMLElement>('.composer textarea')?.focus(),
  };
}

function Header({ state, listBeside }: { state: AssistantController; listBeside: boolean }) {
  const { worker: live, outside } = state;
  const { openInPanel, openInTab, openModels, openSettings } = outside;
  const elsewhere: readonly (MenuItem | undefined)[] = [
    openInPanel && { label: t('side-panel'), icon: 'panel', onChoose: openInPanel },
    openInTab && { label: t('open-in-tab'), icon: 'tab', onChoose: openInTab },
    { label: t('models'), icon: 'folder', onChoose: openModels },
    { label: t('settings'), icon: 'gear', onChoose: openSettings },
  ];
  return (
    <header>
      <Bird />
      <h1>{t('popup-title')}</h1>
      <ModelPill models={live.models.value} up={live.up.value} onClick={openModels} />
      {!listBeside && (
        <IconButton
          icon="list"
          label="conversations"
          pressed={state.listing.value}
          onClick={() => {
            state.listing.value = !state.listing.value;
          }}
        />
      )}
      <Menu label={t('more-actions')} items={elsewhere.filter((item) => item !== undefined)} />
    </header>
  );
}

function AskField({ state }: { state: AssistantController }) {
  const page = state.page.value;
  const { worker: live } = state;
  const within = state.shown.value !== undefined;
  const known = live.conversation.value?.page;
  const title = known?.title ?? state.title.value;
  const on = state.asksAboutPage;
  const able = live.models.value?.active.kind !== 'none';
  const front = state.front.value;
  return (
    <footer>
      <Composer
        placeholder={within ? 'ask-more' : title !== undefined && on ? 'ask-about-page' : 'ask-anything'}
        running={state.running.value !== undefined}
        able={able}
        page={title === undefined ? undefined : { title, on, front: front === 'same' }}
        prompts={library(live.settings.value?.prompts ?? [], page.kind === 'read')}
        context={contextUse(state.jobs.value)}
        onPage={(wanted) => {
          state.aboutPage.value = wanted;
        }}
        onSummarise={() => void state.summarise('page')}
        onSend={(text) => state.ask(text)}
        onStop={() => void state.stop()}
        onNewChat={front === 'other' ? () => state.startAnew() : undefined}
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
    // An error is an alert already.
    job === undefined || job.status === 'failed'
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
