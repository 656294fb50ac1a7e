/** Renames a conversation. Escape cancels; an empty title changes nothing. */
import { useState } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import type { Conversation } from '../../../protocol/types.ts';
import { IconButton } from '../../kit/icon-button.tsx';
import { onEscape, useFocus } from '../../kit/use-focus.ts';
import type { ChatsController } from './chats-controller.ts';

interface RenameProps {
  readonly conversation: Conversation;
  readonly chats: ChatsController;
  onEnd(): void;
}

export function RenameForm({ conversation, chats, onEnd }: RenameProps) {
  const [title, setTitle] = useState(conversation.title);
  const field = useFocus<HTMLInputElement>();
  return (
    <form
      class="rename"
      onSubmit={(event) => {
        event.preventDefault();
        if (title.trim() !== '') void chats.rename(conversation.id, title);
        onEnd();
      }}
      onKeyDown={onEscape(onEnd)}
    >
      <input
        class="field"
        dir="auto"
        value={title}
        aria-label={t('rename-label')}
        ref={field}
        onInput={(event) => setTitle(event.currentTarget.value)}
      />
      <button type="submit" class="button primary little">
        {t('save')}
      </button>
      <IconButton icon="close" label={t('cancel')} onClick={onEnd} />
    </form>
  );
}
