/** What can be done with a conversation, in the list and above it. */
import { t } from '../../../i18n/index.ts';
import type { Conversation } from '../../../protocol/types.ts';
import type { MenuItem } from '../../kit/menu.tsx';
import type { ChatsController } from './chats-controller.ts';

export const titleOf = ({ title }: Conversation): string => title || t('untitled-conversation');

export function conversationActions(
  conversation: Conversation,
  chats: ChatsController,
  onRename: () => void,
): readonly MenuItem[] {
  const { id } = conversation;
  return [
    { label: t('rename'), icon: 'pencil', onChoose: onRename },
    { label: t('save-markdown'), icon: 'download', onChoose: () => void chats.save(id, 'md') },
    { label: t('save-json'), icon: 'download', onChoose: () => void chats.save(id, 'json') },
    {
      label: t('delete-conversation'),
      icon: 'bin',
      danger: true,
      onChoose: () => void chats.remove(conversation),
    },
  ];
}
