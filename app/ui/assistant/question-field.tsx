/** Connects the composer to the assistant: what the next question is about, and what sending it does. */
import { useState } from 'preact/hooks';
import { Composer } from '../composer/composer.tsx';
import { NoChatNote } from '../models/offer-note.tsx';
import { contextUse } from '../state/context-use.ts';
import { hasModel, offerFor } from '../state/offers.ts';
import { library } from '../state/prompt-library.ts';
import type { AssistantController } from './assistant-controller.ts';

export function QuestionField({ controller }: { controller: AssistantController }) {
  const { worker } = controller;
  const [asksAnyway, setAsksAnyway] = useState(false);
  const models = worker.models.value;
  const settings = worker.settings.value;
  const { inPrivate } = controller.browser;
  const offered = asksAnyway ? undefined : offerFor(models, settings, 'chat', inPrivate);
  const inConversation = controller.shown.value !== undefined;
  const title = worker.conversation.value?.page?.title ?? controller.title.value;
  const aboutPage = controller.asksAboutPage;
  const pageInFront = controller.pageInFront.value;
  const newPlaceholder = title !== undefined && aboutPage ? 'ask-about-page' : 'ask-anything';
  return (
    <footer>
      <NoChatNote
        offered={offered}
        onModels={controller.browser.openModels}
        onAnyway={() => setAsksAnyway(true)}
      />
      <Composer
        placeholder={inConversation ? 'ask-more' : newPlaceholder}
        running={controller.running.value !== undefined}
        hasModel={hasModel(models, settings, inPrivate) && offered?.offer.chat !== false}
        page={title === undefined ? undefined : { title, on: aboutPage, inFront: pageInFront === 'same' }}
        prompts={library(settings?.prompts ?? [], controller.page.value.kind === 'read')}
        context={contextUse(controller.jobs.value)}
        attachments={controller.attachments}
        onPage={(on) => {
          controller.aboutPage.value = on;
        }}
        onSummarise={() => void controller.summarise('page')}
        onSend={(text, attached) => controller.ask(text, attached)}
        onStop={() => void controller.stop()}
        onNewChat={pageInFront === 'other' ? () => controller.startNew() : undefined}
      />
    </footer>
  );
}
