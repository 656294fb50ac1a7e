/** Above a conversation: back, its title, a new conversation, and a menu of what else can be done with it. */
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { conversationActions, titleOf } from './chats/conversation-actions.ts';
import { RenameForm } from './chats/rename-form.tsx';
import { IconButton } from '../kit/icon-button.tsx';
import { Menu, type MenuItem } from '../kit/menu.tsx';
import type { Conversation } from '../../protocol/types.ts';
import { siteOf } from '../../text/sites/sites.ts';
import type { AssistantController } from './assistant-controller.ts';

export function ConversationHeader({ controller }: { controller: AssistantController }) {
  const [renaming, setRenaming] = useState(false);
  const conversation = controller.worker.conversation.value;
  const { chats } = controller;
  if (conversation !== undefined && renaming) {
    return (
      <nav class="trail">
        <RenameForm conversation={conversation} chats={chats} onEnd={() => setRenaming(false)} />
      </nav>
    );
  }
  return (
    <nav class="trail">
      <IconButton icon="back" label={t('back')} onClick={() => controller.startNew()} />
      <p class="page-title" dir="auto" title={conversation?.title}>
        {conversation !== undefined && titleOf(conversation)}
      </p>
      <IconButton icon="plus" label={t('new-chat')} onClick={() => controller.startNew()} />
      {conversation !== undefined && (
        <Menu
          label={t('more-actions-for', { title: titleOf(conversation) })}
          items={[
            ...conversationActions(conversation, chats, () => setRenaming(true)),
            ...siteActions(conversation, controller),
          ]}
        />
      )}
    </nav>
  );
}

/** Where the conversation is about a page of a site: to keep nothing of it, or something again. */
function siteActions(conversation: Conversation, controller: AssistantController): readonly MenuItem[] {
  const site = siteOf(conversation.page?.url);
  if (site === undefined || conversation.inMemory === 'private-window') return [];
  const { neverKept = [] } = controller.worker.settings.value ?? {};
  const never = neverKept.includes(site);
  const changed = never ? neverKept.filter((each) => each !== site) : [...neverKept, site].sort();
  return [
    {
      label: t(never ? 'keep-again' : 'never-keep', { site }),
      icon: never ? 'undo' : 'close',
      onChoose: () => void controller.change({ neverKept: changed.length === 0 ? undefined : changed }),
    },
  ];
}
