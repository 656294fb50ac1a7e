/** Where the bubble lies: beside its selection while it is only an offer; then it stays put until it is moved. */
import { effect } from '@preact/signals';
import type { Box } from '../../../page/read/selected.ts';
import { Bubble } from './bubble.tsx';
import bubbleCss from './bubble.css?inline';
import type { BubbleController } from './bubble-controller.ts';
import { mountOnPage } from '../shadow-host.ts';
import { keepInside, positionBeside } from '../anchor-position.ts';
import surfaceCss from '../surface.css?inline';

/** Gives the way to remove it. */
export function mountBubble(state: BubbleController): { readonly host: HTMLElement; remove(): void } {
  const place = mountOnPage('linnet-bubble', [surfaceCss, bubbleCss].join('\n'), <Bubble state={state} />);
  /** Whoever had the focus gets it back. */
  let before: HTMLElement | undefined;
  let anchor: Box | undefined;

  const move = () => {
    if (state.phase.value === 'hidden') return;
    if (state.phase.value === 'offer' || anchor === undefined) anchor = state.selected.value?.box();
    const view = visiblePart();
    const size = place.root.getBoundingClientRect();
    const { moved } = state;
    const gap = window.matchMedia('(pointer: coarse)').matches ? 28 : 8;
    const at =
      moved.value !== undefined
        ? keepInside(moved.value, size, view)
        : anchor && positionBeside(anchor, size, view, gap);
    if (at !== undefined) place.style({ left: `${at.left}px`, top: `${at.top}px` });
  };
  const sizes = new ResizeObserver(move);
  sizes.observe(place.root);
  const stop = effect(() => {
    const phase = state.phase.value;
    void state.moved.value;
    if (phase === 'hidden') {
      anchor = undefined;
      const held = document.activeElement === place.host;
      place.hide();
      if (held) before?.focus({ preventScroll: true });
      before = undefined;
      return;
    }
    if (document.activeElement instanceof HTMLElement && document.activeElement !== place.host) {
      before = document.activeElement;
    }
    place.show();
    move();
  });
  const { visualViewport } = window;
  window.addEventListener('scroll', move, { passive: true, capture: true });
  window.addEventListener('resize', move);
  visualViewport?.addEventListener('resize', move);
  return {
    host: place.host,
    remove() {
      stop();
      sizes.disconnect();
      window.removeEventListener('scroll', move, { capture: true });
      window.removeEventListener('resize', move);
      visualViewport?.removeEventListener('resize', move);
      place.remove();
    },
  };
}

/** Without what a keyboard on the screen covers. */
function visiblePart(): { width: number; height: number } {
  const height = Math.min(window.innerHeight, window.visualViewport?.height ?? window.innerHeight);
  return { width: document.documentElement.clientWidth, height };
}
