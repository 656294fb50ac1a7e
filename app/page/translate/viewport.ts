/** Which paragraphs can be seen. The browser tells of elements; of several paragraphs in one element, their boxes do. */
import type { ViewportDistance, Viewport } from './page-translation.ts';
import type { Paragraph } from '../dom/paragraphs.ts';

/** Milliseconds between looks while the page is scrolled within one element. */
const LOOK = 200;
/** Part of the window's height beyond its edges that counts as near. */
const AHEAD = 0.5;

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
    { rootMargin: `${AHEAD * 100}% 0px` },
  );
  let looking: ReturnType<typeof setTimeout> | undefined;
  const onScroll = () => {
    looking ??= setTimeout(() => {
      looking = undefined;
      onMove();
    }, LOOK);
  };
  window.addEventListener('scroll', onScroll, { passive: true, capture: true });
  return {
    observe: (element) => observer.observe(element),
    unobserve(element) {
      observer.unobserve(element);
      near.delete(element);
    },
    distance: (run) => (near.has(run.parent) ? placeOf(run) : 'away'),
    disconnect() {
      clearTimeout(looking);
      window.removeEventListener('scroll', onScroll, { capture: true });
      observer.disconnect();
    },
  };
}

function placeOf({ nodes }: Paragraph): ViewportDistance {
  const range = nodes[0].ownerDocument!.createRange();
  range.setStartBefore(nodes[0]);
  range.setEndAfter(nodes.at(-1)!);
  const { top, bottom, width, height } = range.getBoundingClientRect();
  if (width === 0 && height === 0) return 'away';
  const view = window.innerHeight;
  if (bottom > 0 && top < view) return 'seen';
  return bottom > -AHEAD * view && top < (1 + AHEAD) * view ? 'near' : 'away';
}
