/**
 * The bubble's place on a foreign page: an element of our own in the top layer, its inside closed to the page's
 * scripts and styles. It follows its selection while it is only an offer, and stays put while it is read.
 */
import { effect } from '@preact/signals';
import { render } from 'preact';
import type { Box } from '../pages/selection.ts';
import { Bubble } from './bubble.tsx';
import bubbleCss from './bubble.css?inline';
import type { BubbleState } from './bubble-state.ts';
import controlsCss from './controls.css?inline';
import { placeBeside } from './place.ts';
import tokensCss from './tokens.css?inline';

/** Gives the way to remove it. */
export function mountBubble(state: BubbleState): { readonly host: HTMLElement; remove(): void } {
  const host = document.createElement('linnet-bubble');
  for (const [name, value] of [
    ['all', 'initial'],
    ['position', 'fixed'],
    ['inset', 'auto'],
    ['margin', '0'],
    ['padding', '0'],
    ['border', '0'],
    ['background', 'transparent'],
    ['overflow', 'visible'],
  ] as const) {
    host.style.setProperty(name, value, 'important');
  }
  const shadow = host.attachShadow({ mode: 'closed' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync([tokensCss, controlsCss, bubbleCss].join('\n'));
  shadow.adoptedStyleSheets = [sheet];
  const root = document.createElement('div');
  root.className = 'linnet';
  root.lang = 'en';
  root.dir = 'ltr';
  shadow.append(root);
  host.popover = 'manual';
  render(<Bubble state={state} />, root);

  let anchor: Box | undefined;
  const place = () => {
    if (state.phase.value === 'hidden') return;
    if (state.phase.value === 'offer' || anchor === undefined) anchor = state.selected.value?.box();
    if (anchor === undefined) return;
    const { width, height } = root.getBoundingClientRect();
    const view = { width: document.documentElement.clientWidth, height: window.innerHeight };
    const gap = window.matchMedia('(pointer: coarse)').matches ? 28 : 8;
    const { left, top } = placeBeside(anchor, { width, height }, view, gap);
    host.style.setProperty('left', `${left}px`, 'important');
    host.style.setProperty('top', `${top}px`, 'important');
  };
  const sizes = new ResizeObserver(place);
  sizes.observe(root);
  const stop = effect(() => {
    const phase = state.phase.value;
    if (phase === 'hidden') {
      anchor = undefined;
      if (host.isConnected) host.remove();
    } else {
      // At the end of the root element, not the body: some pages rewrite their body.
      if (!host.isConnected) document.documentElement.append(host);
      if (!host.matches(':popover-open')) host.showPopover();
      place();
    }
  });
  window.addEventListener('scroll', place, { passive: true, capture: true });
  window.addEventListener('resize', place);
  return {
    host,
    remove() {
      stop();
      sizes.disconnect();
      window.removeEventListener('scroll', place, { capture: true });
      window.removeEventListener('resize', place);
      render(null, root);
      host.remove();
    },
  };
}
