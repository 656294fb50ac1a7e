/**
 * The frame of Linnet's own origin on a web page, seen from the content script. The page cannot read it, has no reference
 * to its window, and gets none of its events; keys pressed in it included. Both ends talk through a message channel: one
 * end is sent to the frame's window, for the extension's origin only, with a nonce that is in the frame's address.
 */
import { ownAddress, ownOrigin } from '../../../browser/own-address.ts';
import { createElement } from '../../../page/dom/pristine-document.ts';
import { FRAME_PAGE, type FromFrame, fragmentOf, type SurfaceName, type ToFrame } from './messages.ts';

/** Milliseconds after it was loaded in which the frame must answer; it answers at once, if it is Linnet's page. */
const ANSWER_MS = 10_000;

export interface FrameListener {
  onMessage(message: FromFrame): void;
  /** The frame is not there: the page or the browser does not allow it. */
  onFailure(): void;
}

export class FrameLink {
  readonly frame: HTMLIFrameElement;
  private readonly listener: FrameListener;
  private readonly nonce: string;
  private readonly origin = ownOrigin();
  private port: MessagePort | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private answered = false;

  constructor(name: SurfaceName, listener: FrameListener) {
    this.listener = listener;
    this.nonce = randomNonce();
    this.frame = createElement(document, 'iframe') as HTMLIFrameElement;
    // Otherwise pages with a policy for embedders get an error page here. Chromium only.
    Object.assign(this.frame, { credentialless: true });
    this.frame.allow = 'clipboard-write';
    this.frame.addEventListener('load', () => this.connect());
    this.frame.src = `${ownAddress(FRAME_PAGE)}#${fragmentOf(name, this.nonce)}`;
  }

  /** Dropped until the frame has answered. */
  post(message: ToFrame): void {
    if (this.answered) this.port?.postMessage(message);
  }

  close(): void {
    clearTimeout(this.timer);
    this.port?.close();
    this.port = undefined;
    this.answered = false;
  }

  /** Called each time the frame was loaded: it is, whenever the element around it is added or moved. */
  private connect(): void {
    this.close();
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    port1.onmessage = ({ data }) => {
      clearTimeout(this.timer);
      this.answered = true;
      this.listener.onMessage(data as FromFrame);
    };
    this.timer = setTimeout(() => this.listener.onFailure(), ANSWER_MS);
    this.frame.contentWindow?.postMessage(this.nonce, this.origin, [port2]);
  }
}

/** 128 random bits. `crypto.randomUUID` is for pages with encryption only. */
const randomNonce = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
