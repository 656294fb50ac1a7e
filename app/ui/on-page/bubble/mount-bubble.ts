/**
 * Mounts the bubble on a page and positions it: the offer follows its selection, the open bubble stays until it is
 * moved.
 */
import { effect } from '@preact/signals';
import { t } from '../../../i18n/index.ts';
import { activeElementOf, focusElement } from '../../../page/dom/pristine-document.ts';
import { boxOf, documentElementOf } from '../../../page/dom/pristine.ts';
import type { Box } from '../../../page/read/selected.ts';
import { corrected, keepInside, type Point, positionBeside, type Size } from '../anchor-position.ts';
import { forEachDocument } from './open-documents.ts';
import { mountSurface } from '../surface.ts';
import type { BubbleController } from './bubble-controller.ts';
import { bubbleShape } from './bubble-model.ts';

/** Pixels between bubble and edges of the viewport, both sides together. */
const MARGINS = 16;
/** Widths of the open bubble: as wide as the screen up to the second one. */
const PANEL_WIDTH = 380;
const NARROW = 480;
/** Before anything is drawn: browsers put off the work of a frame without size. */
const UNDRAWN_HEIGHT = 44;
/** Corners and shadow are outside of the frame that draws the bubble. */
const SHADOW = '0 8px 32px rgb(40 20 10 / 22%), 0 1px 3px rgb(40 20 10 / 18%)';
const LOOKS = {
  offer: {
    'border-radius': '22px',
    'box-shadow': '0 1px 2px rgb(60 40 30 / 8%), 0 4px 12px rgb(60 40 30 / 6%)',
  },
  open: { 'border-radius': '14px', 'box-shadow': SHADOW },
};

export interface MountedBubble {
  readonly host: HTMLElement;
  remove(): void;
}

/** `onLost` is called when the page does not allow the bubble. */
export function mountBubble(controller: BubbleController, onLost: () => void): MountedBubble {
  /** The element that had the focus before; it gets the focus back when the bubble is hidden. */
  let focusedBefore: HTMLElement | undefined;
  let anchor: Box | undefined;
  /** How far off an element lands on this page. */
  let shift: Point = { left: 0, top: 0 };
  /** Whether the focus goes into the bubble as soon as it is drawn. */
  let wantsFocus = false;

  const room = () => visibleSize().height - MARGINS;
  const surface = mountSurface({
    name: 'bubble',
    label: () => t('translation'),
    model: controller,
    shape: bubbleShape,
    room,
    onSize() {
      move();
      if (wantsFocus) surface.focus();
      wantsFocus = false;
    },
    onLost() {
      controller.close();
      onLost();
    },
  });

  function move(byPerson = false): void {
    if (controller.phase.value === 'hidden') return;
    if (controller.phase.value === 'offer' || anchor === undefined) anchor = controller.selected.value?.box();
    const view = visibleSize();
    const size = sizeIn(view);
    const { moved } = controller;
    const gap = window.matchMedia('(pointer: coarse)').matches ? 28 : 8;
    const position =
      moved.value !== undefined
        ? keepInside(moved.value, size, view)
        : anchor && positionBeside(anchor, size, view, gap);
    surface.style({ width: `${size.width}px`, height: `${size.height}px` });
    if (position === undefined) return;
    controller.position = position;
    const given = { left: position.left + shift.left, top: position.top + shift.top };
    put(given, byPerson);
    // What the page does to the space around it is seen by where it landed. It is corrected once: a page may not let it be.
    const landed = boxOf(surface.host);
    const again = landed.width === 0 ? undefined : corrected(position, given, landed);
    if (again === undefined) return;
    shift = { left: again.left - position.left, top: again.top - position.top };
    put(again, byPerson);
  }

  function put({ left, top }: Point, byPerson: boolean): void {
    surface.style({ left: `${left}px`, top: `${top}px` }, byPerson);
  }

  function sizeIn(view: Size): Size {
    const drawn = surface.size();
    const widest = view.width - MARGINS;
    const panel = view.width <= NARROW ? widest : Math.min(PANEL_WIDTH, widest);
    const width = drawn !== undefined && controller.phase.value === 'offer' ? drawn.width : panel;
    return { width, height: Math.min(drawn?.height ?? UNDRAWN_HEIGHT, room()) };
  }

  const stop = effect(() => {
    const phase = controller.phase.value;
    void controller.moved.value;
    if (phase === 'hidden') {
      anchor = undefined;
      wantsFocus = false;
      const hadFocus = activeElementOf(document) === surface.host;
      surface.hide();
      if (hadFocus && focusedBefore !== undefined) focusElement(focusedBefore, { preventScroll: true });
      focusedBefore = undefined;
      return;
    }
    const focused = activeElementOf(document);
    if (focused instanceof HTMLElement && focused !== surface.host) focusedBefore = focused;
    surface.style(LOOKS[phase]);
    surface.show();
    move(controller.moved.value !== undefined);
  });
  const stopFocus = effect(() => {
    if (controller.phase.value !== 'open') return;
    wantsFocus = surface.size() === undefined;
    if (!wantsFocus) surface.focus();
  });
  const onMove = () => move();
  const { visualViewport } = window;
  const documents = forEachDocument((_, view) => {
    view.addEventListener('scroll', onMove, { passive: true, capture: true });
    return () => view.removeEventListener('scroll', onMove, { capture: true });
  });
  window.addEventListener('resize', onMove);
  visualViewport?.addEventListener('resize', onMove);
  return {
    host: surface.host,
    remove() {
      stop();
      stopFocus();
      documents.stop();
      window.removeEventListener('resize', onMove);
      visualViewport?.removeEventListener('resize', onMove);
      surface.remove();
    },
  };
}

/** The size of the viewport without scroll bars, and without the part covered by an on-screen keyboard. */
function visibleSize(): Size {
  const height = Math.min(window.innerHeight, window.visualViewport?.height ?? window.innerHeight);
  return { width: viewWidth(), height };
}

const viewWidth = (): number => documentElementOf(document)?.clientWidth ?? window.innerWidth;
