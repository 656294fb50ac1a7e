/**
 * Single messages between the processes of the extension, answered only to senders of the given roles. Requests to the
 * worker take another way (connect.ts).
 */
import { browser } from 'wxt/browser';
import { ownOrigin } from '../own-address.ts';
import { type OwnExtension, type ReportedSender, type SenderRole, senderOf } from '../../protocol/sender.ts';

/** This extension. The location of a content script is its page's, so it does not count. */
export const ownExtension = (): OwnExtension => ({ id: browser.runtime.id, origin: ownOrigin() });

/** Answers `message` with what `answer` resolves to; other senders are not answered. */
export function answerMessage(
  message: string,
  roles: readonly SenderRole[],
  answer: (sender: ReportedSender) => unknown,
): void {
  browser.runtime.onMessage.addListener(
    (received: unknown, sender: ReportedSender, respond: (value: unknown) => void) => {
      if (received !== message || !roles.includes(senderOf(sender, ownExtension()).role)) return undefined;
      Promise.resolve(answer(sender)).then(respond, (error: unknown) => respond(String(error)));
      return true;
    },
  );
}
