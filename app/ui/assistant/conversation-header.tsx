/** Above a conversation: the way back, its title, a new one, and what else can be done with it. */
import { useState } from 'preact/hooks';
import { t, type TextKey } from '../../i18n/index.ts';
import { conversationActions, RenameForm, titleOf } from './chats-list.tsx';
import { Icon, type IconName } from '../kit/icons.tsx';
import { Menu } from '../kit/menu.tsx';
import type { AssistantController } from './assistant-controller.ts';

export function ConversationHeader({ state }: { state: AssistantController }) {
  const [renaming, setRenaming] = useState(false);
  const conversation = state.worker.conversation.value;
  const { chats } = state;
  if (conversation !== undefined && renaming) {
    return (
      <nav class="trail">
        <RenameForm conversation={conversation} chats={chats} onEnd={() => setRenaming(false)} />
      </nav>
    );
  }
  return (
    <nav class="trail">
      <IconButton icon="back" label="back" onClick={() => state.startAnew()} />
      <p class="page-title" dir="auto" title={conversation?.title}>
        {conversation !== undefined && titleOf(conversation)}
      </p>
      <IconButton icon="plus" label="new-chat" onClick={() => state.startAnew()} />
      {conversation !== undefined && (
        <Menu
          label={t('more-actions-for', { title: titleOf(conversation) })}
          items={conversationActions(conversation, chats, () => setRenaming(true))}
        />
      )}
    </nav>
  );
}

interface IconButtonProps {
  readonly icon: IconName;
  readonly label: TextKey;
  readonly pressed?: boolean;
  onClick(): void;
}

export function IconButton({ icon, label, pressed, onClick }: IconButtonProps) {
  return (
    <button
      type="button"
      class="button quiet icon"
      aria-label={t(label)}
      aria-pressed={pressed}
      title={t(label)}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
