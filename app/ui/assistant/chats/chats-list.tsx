/** The list of conversations with its search field. */
import { useEffect, useState } from 'preact/hooks';
import { date, t } from '../../../i18n/index.ts';
import { LIMITS } from '../../../protocol/limits.ts';
import type { FoundConversation, Snippet } from '../../../protocol/search-result.ts';
import { Icon } from '../../kit/icons.tsx';
import { Menu } from '../../kit/menu.tsx';
import type { ChatsController } from './chats-controller.ts';
import { conversationActions, titleOf } from './conversation-actions.ts';
import { RenameForm } from './rename-form.tsx';

interface ChatsListProps {
  readonly chats: ChatsController;
  /** Id of the conversation that is shown. */
  readonly current: string | undefined;
  onOpen(conversation: string): void;
}

export function ChatsList({ chats, current, onOpen }: ChatsListProps) {
  useEffect(() => chats.watch(), [chats]);
  const list = chats.list.value;
  const query = chats.query.value;
  return (
    <section class="chats" aria-label={t('conversations')}>
      <label class="chats-search">
        <Icon name="search" />
        <input
          type="search"
          maxLength={LIMITS.search}
          class="field"
          dir={query === '' ? undefined : 'auto'}
          value={query}
          placeholder={t('search')}
          aria-label={t('search')}
          onInput={(event) => chats.search(event.currentTarget.value)}
        />
      </label>
      <p class="hidden-visually" role="status">
        {query !== '' &&
          list !== undefined &&
          !chats.searching.value &&
          t('conversations-found', { n: list.length })}
      </p>
      {chats.searching.value && <p class="soft small">{t('searching')}</p>}
      {list?.length === 0 && !chats.searching.value && (
        <p class="soft small">
          {query === '' ? t('conversations-none') : t('conversations-not-found', { find: query })}
        </p>
      )}
      <ul>
        {list?.map((conversation) => (
          <ChatEntry
            key={conversation.id}
            conversation={conversation}
            chats={chats}
            current={conversation.id === current}
            onOpen={() => onOpen(conversation.id)}
          />
        ))}
      </ul>
      {chats.hasMore.value && (
        <button type="button" class="button little" onClick={() => chats.showMore()}>
          {t('conversations-more')}
        </button>
      )}
    </section>
  );
}

interface ChatEntryProps {
  readonly conversation: FoundConversation;
  readonly chats: ChatsController;
  readonly current: boolean;
  onOpen(): void;
}

function ChatEntry({ conversation, chats, current, onOpen }: ChatEntryProps) {
  const [renaming, setRenaming] = useState(false);
  if (renaming) {
    return (
      <li>
        <RenameForm conversation={conversation} chats={chats} onEnd={() => setRenaming(false)} />
      </li>
    );
  }
  return (
    <li class={current ? 'on' : ''}>
      <button
        type="button"
        class="button quiet open"
        aria-current={current ? 'true' : undefined}
        onClick={onOpen}
      >
        <Icon name={conversation.page === undefined ? 'chat' : 'page'} />
        <span class="open-text">
          <span class="open-title" dir="auto">
            {titleOf(conversation)}
          </span>
          {conversation.snippet !== undefined && <SnippetText {...conversation.snippet} />}
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

/** The text around the words that were found. */
function SnippetText({ before, hit, after }: Snippet) {
  return (
    <span class="open-why small soft" dir="auto">
      {before}
      <mark>{hit}</mark>
      {after}
    </span>
  );
}
