/**
 * Single messages between the processes of the extension, answered only to senders of the given roles. Requests to the
 * worker take another way (connect.ts).
 */
import { browser } from 'wxt/browser';
import { ownOrigin } from '../own-address.ts';
import { type OwnExtension, type ReportedSender, type SenderRole, senderOf } from '../../protocol/sender.ts';

/** This extension. The location of a content script is its page's, so it does not count. */
export const ownExtension = (): OwnExtension => ({ id: browser.runtime.id, origin: ownOrigin() });

/** The function that a listener of messages is given to answer with. */
type Respond = (value: unknown) => void;

/** Answers `message` with what `answer` resolves to; other senders are not answered. */
export function answerMessage(
  message: string,
  roles: readonly SenderRole[],
  answer: (sender: ReportedSender) => unknown,
): void {
  answerKind(
    (received) => received === message,
    roles,
    (_, sender) => answer(sender),
  );
}

/** Answers messages of the form `{ kind, ... }`, which have been checked for nothing else. */
export function answerReport(
  kind: string,
  roles: readonly SenderRole[],
  answer: (report: Readonly<Record<string, unknown>>, sender: ReportedSender) => unknown,
): void {
  const isReport = (received: unknown) =>
    typeof received === 'object' && received !== null && 'kind' in received && received.kind === kind;
  answerKind(isReport, roles, (received, sender) => answer(received as Record<string, unknown>, sender));
}

function answerKind(
  isIt: (received: unknown) => boolean,
  roles: readonly SenderRole[],
  answer: (received: unknown, sender: ReportedSender) => unknown,
): void {
  browser.runtime.onMessage.addListener((received: unknown, sender: ReportedSender, respond: Respond) => {
    if (!isIt(received) || !roles.includes(senderOf(sender, ownExtension()).role)) return undefined;
    Promise.resolve(answer(received, sender)).then(respond, (error: unknown) => respond(String(error)));
    return true;
  });
}
