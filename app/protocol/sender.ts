/**
 * Who is at the other end of a connection, as the browser says it. The role decides what a connection may ask for.
 *
 * The browser's main process fills in or checks `id`, `tab`, `frameId`, `documentId` and the origin, so no script can
 * choose them: a web page whose process was taken over can send any message, yet not as a page of the extension. The
 * path within `url` is the renderer's word, and so only a hint.
 */

/**
 * `own-page`: a page of the extension. `web-page`: the content script in a page or a frame of any other origin; it shares
 * its process with that page, so it counts as the page. `unknown`: everything else, such as a page of the extension in a
 * frame, which a web page may have put there; it shows what it is given and asks for nothing.
 */
export type SenderRole = 'own-page' | 'web-page' | 'unknown';

export interface Sender {
  readonly role: SenderRole;
  /**
   * The sender is in a tab of a private window. Popups and side panels are in no tab: for them it is false in every
   * window.
   */
  readonly incognito: boolean;
  /** The browser's number of the tab; absent for popups, side panels and workers. */
  readonly tab?: number;
  /** The browser's number of the frame; 0 is the page itself. */
  readonly frame?: number;
  /** Of the page or frame. Do not decide anything by its path. */
  readonly url?: string;
  /** The browser's name of the document in that frame; absent in browsers that do not say it. */
  readonly document?: string;
}

/** The part of the browser's `MessageSender` that is read. */
export interface ReportedSender {
  /** Of the extension. */
  readonly id?: string;
  /** Absent in browsers that do not say it; then the origin of `url` counts. */
  readonly origin?: string;
  readonly url?: string;
  readonly frameId?: number;
  readonly documentId?: string;
  readonly tab?: { readonly id?: number; readonly incognito?: boolean; readonly active?: boolean };
}

/** This extension, as its own page sees it. */
export interface OwnExtension {
  readonly id: string;
  /** Without a slash at the end. */
  readonly origin: string;
}

/** The sender of a port or a message; `unknown` where the browser reports too little. */
export function senderOf(reported: ReportedSender | undefined, own: OwnExtension): Sender {
  const { tab, frameId, url, documentId } = reported ?? {};
  return {
    role: reported === undefined ? 'unknown' : roleOf(reported, own),
    incognito: tab?.incognito === true,
    ...(tab?.id === undefined ? {} : { tab: tab.id }),
    ...(frameId === undefined ? {} : { frame: frameId }),
    ...(url === undefined ? {} : { url }),
    ...(documentId === undefined ? {} : { document: documentId }),
  };
}

function roleOf({ id, origin, url, tab, frameId }: ReportedSender, own: OwnExtension): SenderRole {
  if (id !== own.id) return 'unknown';
  const ofUrl = originOf(url);
  const framed = tab !== undefined && frameId !== undefined && frameId !== 0;
  if ((origin ?? ofUrl) === own.origin) return ofUrl === own.origin && !framed ? 'own-page' : 'unknown';
  // A content script is always in a frame of a tab; a frame without an origin (`about:srcdoc`, a sandbox) counts too.
  return ofUrl !== own.origin && tab?.id !== undefined && frameId !== undefined ? 'web-page' : 'unknown';
}

/** Compared as text, since `URL.origin` is `null` for the schemes of extensions in some browsers. */
function originOf(url: string | undefined): string | undefined {
  return /^([a-z][a-z\d+.-]*:\/\/[^/?#]*)/i.exec(url ?? '')?.[1];
}

/**
 * Whose a job of a web page is: that of the document that asked for it, over every connection that this document makes.
 * The next document in the same frame does not own it. Where the browser does not name documents, the tab, the frame and
 * the origin do. Undefined for senders that own no jobs.
 */
export function ownerOf({ role, tab, frame, url, document }: Sender): string | undefined {
  if (role !== 'web-page') return undefined;
  return document === undefined ? `${tab}/${frame}/${originOf(url) ?? ''}` : `document/${document}`;
}
