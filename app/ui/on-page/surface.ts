/**
 * Shows the views of a model on a foreign page: in a frame of Linnet's own origin (frame/), in an element that is put
 * right when the page changes it (page-host.ts). Actions come back from the frame, and are carried out only if the person
 * can see what they press (frame/judge.ts).
 */
import { effect } from '@preact/signals';
import { onLanguageChange, textLanguage, textsOnPage } from '../../i18n/index.ts';
import type { Size } from './anchor-position.ts';
import { FrameLink } from './frame/frame-link.ts';
import { judge } from './frame/judge.ts';
import type { FromFrame, SurfaceName } from './frame/messages.ts';
import { callAction, kindOf, type ModelShape, type State, stateOf } from './frame/mirror.ts';
import { patchOf } from './frame/patch.ts';
import { hindranceOf } from './hindrance.ts';
import { PageHost } from './page-host.ts';

export interface Surface {
  readonly host: HTMLElement;
  /** The size of the view, in CSS pixels; undefined until it is known. */
  size(): Size | undefined;
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
  /** Names the frame for screen readers, in the language of the texts. */
  label(): string;
  readonly model: M;
  readonly shape: ModelShape<M>;
  /** The height that the views may take up, in CSS pixels. */
  room(): number;
  /** Called whenever the size of the view is known. */
  onSize(size: Size): void;
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
  let size: Size | undefined;
  let movedAt = performance.now();
  const lose = () => {
    hide();
    options.onLost();
  };
  const host = new PageHost(lose);
  const link = new FrameLink(options.name, {
    onMessage: (message) => receive(message),
    onFailure: () => lose(),
  });
  for (const [name, value] of Object.entries(FRAME_STYLES)) link.frame.style.setProperty(name, value);
  link.frame.title = options.label();
  host.root.append(link.frame);

  /** What the frame has of the state; undefined for nothing. */
  let sent: State | undefined;
  const sendState = () => {
    const state = stateOf(model, shape);
    const patch = patchOf(sent, state);
    if (patch === undefined) return;
    link.post({ kind: 'state', patch });
    sent = state;
  };
  const sendRoom = () => link.post({ kind: 'room', height: options.room() });
  const sendTexts = () => {
    link.frame.title = options.label();
    link.post({ kind: 'texts', language: textLanguage(), texts: textsOnPage() });
  };

  function receive(message: FromFrame): void {
    if (message.kind === 'ready') {
      // A frame that is loaded, perhaps again, has English texts and no state.
      if (textLanguage() !== 'en') sendTexts();
      sendRoom();
      sent = undefined;
      sendState();
    }
    if (message.kind === 'size') resize(message.size);
    if (message.kind === 'act') act(message);
  }

  function resize(now: Size): void {
    if (size?.width === now.width && size.height === now.height) return;
    size = now;
    options.onSize(size);
    host.style({ visibility: 'visible' });
  }

  function act({ name, args, seenFor }: Extract<FromFrame, { kind: 'act' }>): void {
    const kind = kindOf(shape, name);
    if (kind === undefined) return;
    const hindrance = kind === 'harmless' ? undefined : hindranceOf(host.element, size ?? NO_SIZE, host.zoom);
    const verdict = judge(kind, { seenFor, hindrance, steadyFor: performance.now() - movedAt });
    if (verdict === 'do') callAction(model, shape, name, args);
    else link.post({ kind: 'refused', early: verdict === 'early' });
  }

  function hide(): void {
    size = undefined;
    host.hide();
    link.close();
  }

  const stops = [effect(sendState), onLanguageChange(sendTexts)];
  // A keyboard on the screen changes only the visual viewport.
  const viewports = [window, window.visualViewport];
  for (const viewport of viewports) viewport?.addEventListener('resize', sendRoom);
  return {
    host: host.element,
    size: () => size,
    style(values, byPerson = false) {
      if (!byPerson && hasMoved(host.element, values)) movedAt = performance.now();
      host.style(values);
      host.undoZoom();
    },
    show() {
      // Until the size is known, it would be an empty box.
      if (size === undefined) host.style({ visibility: 'hidden' });
      host.show();
    },
    hide,
    focus: () => link.frame.focus({ preventScroll: true }),
    remove() {
      for (const stop of stops) stop();
      for (const viewport of viewports) viewport?.removeEventListener('resize', sendRoom);
      hide();
    },
  };
}

const NO_SIZE: Size = { width: 0, height: 0 };

const hasMoved = (element: HTMLElement, values: Readonly<Record<string, string>>): boolean =>
  ['left', 'top', 'inset'].some((name) => {
    const wanted = values[name];
    return wanted !== undefined && element.style.getPropertyValue(name) !== wanted;
  });
