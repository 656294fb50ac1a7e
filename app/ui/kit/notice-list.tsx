/** Says what did not work at the start of Linnet, or was left out, and what can be done about it. */
import type { Notice } from '../../protocol/errors.ts';
import { t } from '../../i18n/index.ts';
import { ErrorDetails } from './error-note.tsx';

interface NoticeListProps {
  readonly notices: readonly Notice[];
  /** Deletes what is damaged; absent where that is not offered. */
  onDelete?(): void;
}

export function NoticeList({ notices, onDelete }: NoticeListProps) {
  return notices.map(({ part, count, error }) => (
    <div class="note" role="status" key={part}>
      <p>{t(`notice-${part}`, { n: count ?? 0 })}</p>
      {error !== undefined && <ErrorDetails error={error} who={part} />}
      {count !== undefined && onDelete !== undefined && (
        <div class="row">
          <button type="button" class="button danger" onClick={onDelete}>
            {t('delete-damaged')}
          </button>
        </div>
      )}
    </div>
  ));
}
