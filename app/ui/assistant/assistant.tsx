/** The assistant: a header with the model, the home view or a conversation, and the field for questions. */
import { useEffect } from 'preact/hooks';
import { writesLanguage } from '../../protocol/abilities.ts';
import { isPractice } from '../../protocol/model-traits.ts';
import type { Conversation, Models } from '../../protocol/types.ts';
import { t } from '../../i18n/index.ts';
import { ChatsList } from './chats/chats-list.tsx';
import { UndoOffer } from './chats/undo-offer.tsx';
import { PageCut } from '../conversation/notes/page-cut.tsx';
import { ConversationView } from '../conversation/conversation.tsx';
import { answersReady, loadMarkdown } from '../conversation/markdown/prose.tsx';
import { NoticeList } from '../kit/notice-list.tsx';
import { SendsNote } from '../kit/badges/sent-badge.tsx';
import { ErrorNote } from '../kit/error-note.tsx';
import { Icon } from '../kit/icons.tsx';
import { ModelLoading, ModelNote } from '../models/model-status.tsx';
import { OfferNote } from '../models/offer-note.tsx';
import { serverAddress } from '../../protocol/server/server-address.ts';
import { hasModel, offerFor, serverOf } from '../state/offers.ts';
import { PageActions } from '../conversation/page-context.ts';
import { Announcer } from './announcer.tsx';
import type { AssistantController } from './assistant-controller.ts';
import { AssistantHeader } from './assistant-header.tsx';
import { ConversationHeader } from './conversation-header.tsx';
import { Home } from './home.tsx';
import { QuestionField } from './question-field.tsx';
import { RulesHere } from './rules/rules-here.tsx';

interface AssistantProps {
  readonly controller: AssistantController;
  /** Whether the list of conversations is shown beside the assistant, as in a wide tab. */
  readonly listBeside?: boolean;
}

export function Assistant({ controller, listBeside = false }: AssistantProps) {
  const listOpen = controller.listOpen.value && !listBeside;
  return (
    <div class="popup">
      <AssistantHeader controller={controller} listBeside={listBeside} />
      {listOpen ? (
        <main class="scroller">
          <div class="column">
            <ChatsList
              chats={controller.chats}
              current={controller.shown.value}
              onOpen={(conversation) => controller.resume(conversation)}
            />
          </div>
        </main>
      ) : (
        <Content controller={controller} />
      )}
      <UndoOffer chats={controller.chats} />
      {!listOpen && <QuestionField controller={controller} />}
      <Announcer job={controller.jobs.value.at(-1)} />
    </div>
  );
}

interface ControllerProps {
  readonly controller: AssistantController;
}

/** Notes about the model and errors, then the home view or a conversation. */
function Content({ controller }: ControllerProps) {
  const { worker } = controller;
  const models = worker.models.value;
  const atHome = controller.shown.value === undefined;
  const failure = controller.failure.value;
  const problem = controller.passageProblem.value;
  const last = controller.jobs.value.at(-1);
  // Such an answer says itself that there is no model, and where to get one.
  const { inPrivate } = controller.browser;
  const server = serverOf(worker.settings.value, inPrivate);
  const saidThere = models?.active.kind === 'none' && last?.kind === 'summary' && last.quoted === true;
  return (
    <>
      {!atHome && <ConversationHeader controller={controller} />}
      <main class="scroller">
        <div class="column">
          {server !== undefined && (
            <SendsNote model={server.model} server={{ host: serverAddress(server.address).host }} />
          )}
          {!saidThere && server === undefined && (
            <ModelNote models={models} onModels={controller.browser.openModels} />
          )}
          {!atHome && server === undefined && (
            <DemoHint models={models} onModels={controller.browser.openModels} />
          )}
          {failure !== undefined && <ErrorNote error={failure} />}
          <NoticeList notices={worker.notices.value} />
          <MemoryNote controller={controller} />
          {atHome ? <AtHome controller={controller} /> : <InConversation controller={controller} />}
        </div>
      </main>
      {server === undefined && <ModelLoading models={models} />}
      {controller.pageChanged.value && <PageChanged controller={controller} />}
      {problem !== undefined && (
        <p class="unseen small" role="alert">
          {t(`passage-${problem}`)}
        </p>
      )}
    </>
  );
}

/** What is shown, or asked next, ends with the private windows or with the browser. */
function MemoryNote({ controller }: ControllerProps) {
  const { worker, shown } = controller;
  const conversation = shown.value === undefined ? undefined : worker.conversation.value;
  const settings = worker.settings.value;
  const isPrivate = controller.browser.inPrivate || conversation?.inMemory === 'private-window';
  const unstored = shown.value === undefined ? settings?.keepFor === 'session' : conversation?.inMemory;
  if (!isPrivate && !unstored) return null;
  return (
    <p class="aside">
      <Icon name="warning" />
      {t(isPrivate ? 'private-note' : 'session-note')}
    </p>
  );
}

function AtHome({ controller }: ControllerProps) {
  const { worker } = controller;
  const models = worker.models.value;
  const settings = worker.settings.value;
  const { inPrivate } = controller.browser;
  const offered = offerFor(models, settings, 'summary', inPrivate);
  const sends = serverOf(settings, inPrivate) !== undefined;
  return (
    <Home
      page={controller.page.value}
      title={controller.title.value}
      ready={controller.ready.value}
      settings={settings}
      hasModel={hasModel(models, settings, inPrivate)}
      sends={sends}
      recent={controller.recent.value}
      shortcut={controller.browser.shortcut}
      unwritten={offered && ((tag) => !writesLanguage(offered.offer, tag))}
      onSummarise={(what) => void controller.summarise(what)}
      onSettings={(settings) => void controller.change(settings)}
      onTranslate={(what) => void controller.translate(what)}
      onPrompt={({ text }) => void controller.ask(text)}
      onResume={(id) => controller.resume(id)}
      rules={<Rules controller={controller} />}
    >
      {!sends && <DemoHint models={models} onModels={controller.browser.openModels} />}
      <OfferNote offered={offered} onModels={controller.browser.openModels} />
    </Home>
  );
}

function Rules({ controller }: ControllerProps) {
  const page = controller.page.value;
  const settings = controller.worker.settings.value;
  if (page.kind !== 'read' || settings === undefined) return null;
  return (
    <RulesHere
      page={page.reading.page}
      settings={settings}
      around={controller.browser}
      onRule={(about, rule) => void controller.setRule(about, rule)}
    />
  );
}

/** Empty until the worker has sent the conversation and its answers can be shown as they will stay. */
function InConversation({ controller }: ControllerProps) {
  const conversation = controller.worker.conversation.value;
  // While the worker reads the conversation.
  useEffect(() => void loadMarkdown(), []);
  if (conversation === undefined || !answersReady.value) return null;
  return (
    <PageActions.Provider value={pageActions(controller, conversation)}>
      <PageCut characters={conversation.page?.cut} />
      <ConversationView
        conversation={conversation}
        jobs={controller.jobs.value}
        onEdit={(job, text) => controller.edit(job, text)}
        onVersion={(job) => void controller.showVersion(job)}
        onRegenerate={(job) => void controller.regenerate(job)}
        onReadAll={(job) => void controller.readAll(job)}
        onContinue={(job) => void controller.continueAnswer(job)}
        onModels={controller.browser.openModels}
      />
    </PageActions.Provider>
  );
}

function pageActions(controller: AssistantController, { page }: Conversation): PageActions | undefined {
  if (page === undefined) return undefined;
  return {
    page,
    showPassage: (text) => void controller.showPassage(text),
    seekPassage: (job, point) => controller.seekPassage(job, point),
    askAbout: () => document.querySelector<HTMLElement>('.composer textarea')?.focus(),
  };
}

/** The answers are about the text the page had when it was read. */
function PageChanged({ controller }: ControllerProps) {
  return (
    <p class="changed small" role="status">
      <span>{t('page-changed')}</span>
      <button type="button" class="button little" onClick={() => void controller.summarise('page')}>
        <Icon name="again" />
        {t('summarise-again')}
      </button>
    </p>
  );
}

function DemoHint({ models, onModels }: { models: Models | undefined; onModels(): void }) {
  const active = models?.active;
  if (active === undefined || !('model' in active) || !isPractice(active.model)) return null;
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
