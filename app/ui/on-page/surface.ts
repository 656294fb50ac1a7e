/**
 * Shows the views of a model on a foreign page: in a frame of Linnet's own origin (frame/), in an element that is put
 * right when the page changes it (page-host.ts). Actions come back from the frame, and are carried out only if the person
 * can see what they press (frame/judge.ts).
 */
import { effect } from '@preact/signals';
import { textsOnPage, textLanguage } from '../../i18n/index.ts';
import { FrameLink } from './frame/frame-link.ts';
import { judge } from './frame/judge.ts';
import type { FromFrame, FrameRoom, SurfaceName } from './frame/messages.ts';
import { callAction, kindOf, type ModelShape, stateOf } from './frame/mirror.ts';
import { hindranceOf } from './hindrance.ts';
import { PageHost } from './page-host.ts';

export interface Surface {
  readonly host: HTMLElement;
  /** The size of the view, in CSS pixels; undefined until it is known. */
  size(): FrameRoom | undefined;
  /** Positions and sizes the element; `byPerson`: the person has moved it, and knows where it is. */
  style(values: Readonly<Record<string, string>>, byPerson?: boolean): void;
  show(): void;
  hide(): void;
  /** Moves the focus into the view. */
  focus(): void;
  remove(): void;
}

export interface SurfaceOptions<M> {
  readonly name: SurfaceName;
  /** Names the frame for screen readers. */
  readonly label: string;
  readonly model: M;
  readonly shape: ModelShape<M>;
  /** What the views may take up. */
  room(): FrameRoom;
  /** Called whenever the size of the view is known. */
  onSize(size: FrameRoom): void;
  /** The page does not allow the element: it was removed again and again, or its frame was not loaded. */
  onLost(): void;
}

const FRAME_STYLES = {
  all: 'initial',
  display: 'block',
  visibility: 'inherit',
  width: '100%',
  height: '100%',
  border: '0',
  'border-radius': 'inherit',
  // Otherwise a browser in dark mode paints a white page beneath the view.
  'color-scheme': 'light dark',
};

export function mountSurface<M>(options: SurfaceOptions<M>): Surface {
  const { model, shape } = options;
  let size: FrameRoom | undefined;
  let movedAt = performance.now();
  const lose = () => {
    hide();
    options.onLost();
  };
  const host = new PageHost(lose);
  const link = new FrameLink(options.name, options.label, {
    onMessage: (message) => receive(message),
    onFailure: () => lose(),
  });
  for (const [name, value] of Object.entries(FRAME_STYLES)) link.frame.style.setProperty(name, value);
  host.root.append(link.frame);
  let language = 'en';
  const send = () => {
    // Read first: the effect below runs again when it changes.
    const state = stateOf(model, shape);
    if (language !== textLanguage()) {
      language = textLanguage();
      link.post({ kind: 'texts', language, texts: textsOnPage() });
    }
    link.post({ kind: 'state', state, room: options.room() });
  };

  function receive(message: FromFrame): void {
    if (message.kind === 'ready') {
      // A frame that is loaded again has English texts again.
      language = 'en';
      send();
    }
    if (message.kind === 'size') resize(message.size);
    if (message.kind === 'act') act(message);
  }

  function resize(now: FrameRoom): void {
    if (size?.width === now.width && size.height === now.height) return;
    size = now;
    options.onSize(size);
    host.style({ visibility: 'visible' });
  }

  function act({ name, args, seenFor }: Extract<FromFrame, { kind: 'act' }>): void {
    const kind = kindOf(shape, name);
    if (kind === undefined) return;
    const hindrance = kind === 'harmless' ? undefined : hindranceOf(host.element, size ?? NO_SIZE);
    const verdict = judge(kind, { seenFor, hindrance, steadyFor: performance.now() - movedAt });
    if (verdict === 'do') callAction(model, shape, name, args);
    else link.post({ kind: 'refused', early: verdict === 'early' });
  }

  function hide(): void {
    size = undefined;
    host.hide();
    link.close();
  }

  const stop = effect(send);
  window.addEventListener('resize', send);
  return {
    host: host.element,
    size: () => size,
    style(values, byPerson = false) {
      if (!byPerson && hasMoved(host.element, values)) movedAt = performance.now();
      host.style(values);
    },
    show() {
      // Until the size is known, it would be an empty box.
      if (size === undefined) host.style({ visibility: 'hidden' });
      host.show();
    },
    hide,
    focus: () => link.frame.focus({ preventScroll: true }),
    remove() {
      stop();
      window.removeEventListener('resize', send);
      hide();
    },
  };
}

const NO_SIZE: FrameRoom = { width: 0, height: 0 };

const hasMoved = (element: HTMLElement, values: Readonly<Record<string, string>>): boolean =>
  ['left', 'top', 'inset'].some((name) => {
    const wanted = values[name];
    return wanted !== undefined && element.style.getPropertyValue(name) !== wanted;
  });
