/** After a deletion: names the deleted conversation and offers to restore it. */
import { t } from '../../../i18n/index.ts';
import { IconButton } from '../../kit/icon-button.tsx';
import { Icon } from '../../kit/icons.tsx';
import type { ChatsController } from './chats-controller.ts';
import { titleOf } from './conversation-actions.ts';

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
          <IconButton icon="close" label={t('dismiss')} onClick={() => chats.dismiss()} />
        </p>
      )}
    </div>
  );
}
