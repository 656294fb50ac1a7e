/**
 * Tells which paragraphs are visible: by an IntersectionObserver for elements, by boxes for paragraphs within one
 * element.
 */
import type { ViewportDistance, Viewport } from './options.ts';
import { boxAround } from '../dom/frames.ts';
import type { Paragraph } from '../dom/paragraphs.ts';
import { createRange, ownerDocument } from '../dom/pristine.ts';

/** Milliseconds between checks while the page is scrolled within one element. */
const SCROLL_MS = 200;
/** Paragraphs within this part of the window's height beyond its edges count as near. */
const NEAR_MARGIN = 0.5;

export function watchViewport(onMove: () => void): Viewport {
  const near = new Set<Element>();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) near.add(target);
        else near.delete(target);
      }
      onMove();
    },
    { rootMargin: `${NEAR_MARGIN * 100}% 0px` },
  );
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onScroll = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      onMove();
    }, SCROLL_MS);
  };
  window.addEventListener('scroll', onScroll, { passive: true, capture: true });
  return {
    observe: (element) => observer.observe(element),
    unobserve(element) {
      observer.unobserve(element);
      near.delete(element);
    },
    distance: (paragraph) => (near.has(paragraph.parent) ? distanceOf(paragraph) : 'away'),
    disconnect() {
      clearTimeout(timer);
      window.removeEventListener('scroll', onScroll, { capture: true });
      observer.disconnect();
    },
  };
}

function distanceOf({ nodes }: Paragraph): ViewportDistance {
  const range = createRange(ownerDocument(nodes[0])!);
  range.setStartBefore(nodes[0]);
  range.setEndAfter(nodes.at(-1)!);
  const box = range.getBoundingClientRect();
  const { width, height } = box;
  if (width === 0 && height === 0) return 'away';
  const { top, bottom } = boxAround(box, ownerDocument(nodes[0])!);
  const view = window.innerHeight;
  if (bottom > 0 && top < view) return 'seen';
  return bottom > -NEAR_MARGIN * view && top < (1 + NEAR_MARGIN) * view ? 'near' : 'away';
}
