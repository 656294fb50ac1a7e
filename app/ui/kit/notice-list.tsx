/** Says what did not work at the start of Linnet, or was left out, and what can be done about it. */
import type { Notice } from '../../protocol/errors.ts';
import { t } from '../../i18n/index.ts';

interface NoticeListProps {
  readonly notices: readonly Notice[];
  /** Deletes what is damaged; absent where that is not offered. */
  onDelete?(): void;
}

export function NoticeList({ notices, onDelete }: NoticeListProps) {
  return notices.map(({ part, count, error }) => (
    <div class="note" role="status" key={part}>
      <p>{t(`notice-${part}`, { n: count ?? 0 })}</p>
      {error !== undefined && (
        <details>
          <summary>{t('details')}</summary>
          <dl class="facts">
            <dd>{error.message}</dd>
            <dd class="soft">
              {error.code} · {part}
            </dd>
          </dl>
        </details>
      )}
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
