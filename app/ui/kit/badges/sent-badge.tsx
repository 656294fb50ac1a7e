/** Says that a text left the device: on each answer of the person's own server, and while that is used. */
import type { SentTo } from '../../../protocol/server/own-server.ts';
import { t } from '../../../i18n/index.ts';
import { Icon } from '../icons.tsx';

export function SentBadge({ server }: { server: SentTo | undefined }) {
  if (server === undefined) return null;
  const { host } = server;
  return (
    <p class="sent small">
      <Icon name="upload" />
      <span>{host === undefined ? t('sent-to-own') : <bdi>{t('sent-to', { host })}</bdi>}</span>
    </p>
  );
}

/** A line above the answers, while the server is used. */
export function SendsNote({ model, server }: { model: string; server: SentTo | undefined }) {
  if (server === undefined) return null;
  const { host } = server;
  return (
    <p class="sends">
      <Icon name="upload" />
      <span>{host === undefined ? t('sends-to-own') : t('sends-to', { model, host })}</span>
    </p>
  );
}
