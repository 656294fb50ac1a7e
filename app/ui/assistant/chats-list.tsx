/** The list of conversations with its search field. */
import { useEffect, useState } from 'preact/hooks';
import { date, t } from '../../i18n/index.ts';
import type { FoundConversation, Snippet } from '../../protocol/search-result.ts';
import type { Conversation } from '../../protocol/types.ts';
import type { ChatsController } from './chats-controller.ts';
import { Icon } from '../kit/icons.tsx';
import { Menu, type MenuItem } from '../kit/menu.tsx';
import { onEscape, useFocus } from '../kit/use-focus.ts';

export const titleOf = ({ title }: Conversation): string => title || t('untitled-conversation');

interface ChatsListProps {
  readonly chats: ChatsController;
  /** The one that is shown. */
  readonly current: string | undefined;
  onOpen(conversation: string): void;
}

export function ChatsList({ chats, current, onOpen }: ChatsListProps) {
  useEffect(() => chats.look(), [chats]);
  const list = chats.list.value;
  const find = chats.find.value;
  return (
    <section class="chats" aria-label={t('conversations')}>
      <label class="chats-search">
        <Icon name="search" />
        <input
          type="search"
          class="field"
          dir={find === '' ? undefined : 'auto'}
          value={find}
          placeholder={t('search')}
          aria-label={t('search')}
          onInput={(event) => chats.search(event.currentTarget.value)}
        />
      </label>
      <p class="hidden-visually" role="status">
        {find !== '' && list !== undefined && t('conversations-found', { n: list.length })}
      </p>
      {list?.length === 0 && (
        <p class="soft small">
          {find === '' ? t('conversations-none') : t('conversations-not-found', { find })}
        </p>
      )}
      <ul>
        {list?.map((conversation) => (
          <Entry
            key={conversation.id}
            conversation={conversation}
            chats={chats}
            on={conversation.id === current}
            onOpen={() => onOpen(conversation.id)}
          />
        ))}
      </ul>
      {chats.hasMore.value && (
        <button type="button" class="button little" onClick={() => chats.more()}>
          {t('conversations-more')}
        </button>
      )}
    </section>
  );
}

interface ChatEntryProps {
  readonly conversation: FoundConversation;
  readonly chats: ChatsController;
  readonly on: boolean;
  onOpen(): void;
}

function Entry({ conversation, chats, on, onOpen }: ChatEntryProps) {
  const [renaming, setRenaming] = useState(false);
  if (renaming) {
    return (
      <li>
        <RenameForm conversation={conversation} chats={chats} onEnd={() => setRenaming(false)} />
      </li>
    );
  }
  return (
    <li class={on ? 'on' : ''}>
      <button type="button" class="button quiet open" aria-current={on ? 'true' : undefined} onClick={onOpen}>
        <Icon name={conversation.page === undefined ? 'chat' : 'page'} />
        <span class="open-text">
          <span class="open-title" dir="auto">
            {titleOf(conversation)}
          </span>
          {conversation.snippet !== undefined && <Why {...conversation.snippet} />}
          <span class="small soft">{date(conversation.updatedAt)}</span>
        </span>
      </button>
      <Menu
        label={t('more-actions-for', { title: titleOf(conversation) })}
        items={conversationActions(conversation, chats, () => setRenaming(true))}
      />
    </li>
  );
}

/** The words by which it was found. */
function Why({ before, hit, after }: Snippet) {
  return (
    <span class="open-why small soft" dir="auto">
      {before}
      <mark>{hit}</mark>
      {after}
    </span>
  );
}

/** What can be done with a conversation, in the list and above it. */
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
      <button
        type="button"
        class="button quiet icon"
        aria-label={t('cancel')}
        title={t('cancel')}
        onClick={onEnd}
      >
        <Icon name="close" />
      </button>
    </form>
  );
}

/** After a deletion: what went, and the way back. */
export function UndoOffer({ chats }: { chats: ChatsController }) {
  const deleted = chats.deleted.value;
  return (
    <div role="status" class="undo-place">
      {deleted !== undefined && (
        <p class="undo small">
          <span class="undo-text">{t('deleted-conversation', { title: titleOf(deleted) })}</span>
          <button type="button" class="button little" onClick={() => void chats.undo()}>
            <Icon name="undo" />
            {t('undo')}
          </button>
          <button
            type="button"
            class="button quiet icon"
            aria-label={t('dismiss')}
            title={t('dismiss')}
            onClick={() => chats.dismiss()}
          >
            <Icon name="close" />
          </button>
        </p>
      )}
    </div>
  );
}
