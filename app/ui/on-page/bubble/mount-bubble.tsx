/**
 * Mounts the bubble on a page and positions it: the offer follows its selection, the open bubble stays until it is
 * moved.
 */
import { effect } from '@preact/signals';
import type { Box } from '../../../page/read/selected.ts';
import { Bubble } from './bubble.tsx';
import bubbleCss from './bubble.css?inline';
import type { BubbleController } from './bubble-controller.ts';
import { mountOnPage } from '../shadow-host.ts';
import { keepInside, positionBeside } from '../anchor-position.ts';
import surfaceCss from '../surface.css?inline';

/** Returns the host element and a function that removes it. */
export function mountBubble(controller: BubbleController): { readonly host: HTMLElement; remove(): void } {
  const surface = mountOnPage(
    'linnet-bubble',
    [surfaceCss, bubbleCss].join('\n'),
    <Bubble controller={controller} />,
  );
  /** The element that had the focus before; it gets the focus back when the bubble is hidden. */
  let focusedBefore: HTMLElement | undefined;
  let anchor: Box | undefined;

  const move = () => {
    if (controller.phase.value === 'hidden') return;
    if (controller.phase.value === 'offer' || anchor === undefined) anchor = controller.selected.value?.box();
    const view = visibleSize();
    const size = surface.root.getBoundingClientRect();
    const { moved } = controller;
    const gap = window.matchMedia('(pointer: coarse)').matches ? 28 : 8;
    const position =
      moved.value !== undefined
        ? keepInside(moved.value, size, view)
        : anchor && positionBeside(anchor, size, view, gap);
    if (position !== undefined) surface.style({ left: `${position.left}px`, top: `${position.top}px` });
  };
  const resizes = new ResizeObserver(move);
  resizes.observe(surface.root);
  const stop = effect(() => {
    const phase = controller.phase.value;
    void controller.moved.value;
    if (phase === 'hidden') {
      anchor = undefined;
      const hadFocus = document.activeElement === surface.host;
      surface.hide();
      if (hadFocus) focusedBefore?.focus({ preventScroll: true });
      focusedBefore = undefined;
      return;
    }
    if (document.activeElement instanceof HTMLElement && document.activeElement !== surface.host) {
      focusedBefore = document.activeElement;
    }
    surface.show();
    move();
  });
  const { visualViewport } = window;
  window.addEventListener('scroll', move, { passive: true, capture: true });
  window.addEventListener('resize', move);
  visualViewport?.addEventListener('resize', move);
  return {
    host: surface.host,
    remove() {
      stop();
      resizes.disconnect();
      window.removeEventListener('scroll', move, { capture: true });
      window.removeEventListener('resize', move);
      visualViewport?.removeEventListener('resize', move);
      surface.remove();
    },
  };
}

/** The size of the viewport without the part covered by an on-screen keyboard. */
function visibleSize(): { width: number; height: number } {
  const height = Math.min(window.innerHeight, window.visualViewport?.height ?? window.innerHeight);
  return { width: document.documentElement.clientWidth, height };
}
