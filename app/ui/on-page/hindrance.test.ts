import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import '../../testing/dom.ts';
import { hindranceOf, UNTOUCHED } from './hindrance.ts';

const size = { width: 200, height: 100 };
let host: HTMLElement;
let computed: Record<string, string>;
let box: { left: number; top: number; width: number; height: number };
/** Returns what a click at a point hits. */
let hit: (x: number, y: number) => Element | null;
let open: boolean;
let inTransition: boolean;

beforeEach(() => {
  host = document.createElement('div');
  document.body.append(host);
  computed = { ...UNTOUCHED };
  box = { left: 10, top: 20, ...size };
  hit = () => host;
  open = true;
  inTransition = false;
  vi.stubGlobal('getComputedStyle', () => ({ getPropertyValue: (name: string) => computed[name] ?? '' }));
  host.getBoundingClientRect = () => box as DOMRect;
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockImplementation(() => box as DOMRect);
  document.elementFromPoint = (x, y) => hit(x, y);
  const { matches } = Element.prototype;
  vi.spyOn(Element.prototype, 'matches').mockImplementation(function (this: Element, selector: string) {
    if (selector === ':popover-open') return open;
    if (selector === ':active-view-transition') return inTransition;
    return matches.call(this, selector);
  });
});

afterEach(() => {
  host.remove();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  Reflect.deleteProperty(document, 'elementFromPoint');
});

describe('hindranceOf', () => {
  it('finds none where the page leaves the element alone', () => {
    expect(hindranceOf(host, size)).toBeUndefined();
  });

  it('ignores properties that the browser does not have', () => {
    computed['mask-border-source'] = '';
    expect(hindranceOf(host, size)).toBeUndefined();
  });

  it.each([
    ['opacity', '0'],
    ['opacity', '0.99'],
    ['filter', 'opacity(0)'],
    ['clip-path', 'circle(3px at 20px 10px)'],
    ['mask-image', 'linear-gradient(transparent, transparent)'],
    ['-webkit-mask-box-image-source', 'url("x.png")'],
    ['mix-blend-mode', 'multiply'],
    ['transform', 'matrix(1, 0, 0, 1, 400, 0)'],
    ['translate', '40px'],
    ['scale', '0.1'],
    ['rotate', '180deg'],
    ['offset-path', 'path("M 0 0 L 100 100")'],
    ['zoom', '0.3'],
    ['visibility', 'hidden'],
    ['display', 'none'],
    ['content-visibility', 'hidden'],
    ['position', 'static'],
    ['pointer-events', 'none'],
  ])('finds %s: %s', (name, value) => {
    computed[name] = value;
    expect(hindranceOf(host, size)).toBe('styled');
  });

  it('finds an element that is removed, not in the top layer, or in another document', () => {
    open = false;
    expect(hindranceOf(host, size)).toBe('gone');
    open = true;
    host.remove();
    expect(hindranceOf(host, size)).toBe('gone');
  });

  it.each([
    [{ width: 30, height: 15 }],
    [{ width: 200, height: 10 }],
    [{ width: 20, height: 100 }],
    [{ width: 2000, height: 1000 }],
    [{ width: 0, height: 0 }],
  ])('finds another size: %j', (now) => {
    box = { ...box, ...now };
    expect(hindranceOf(host, size)).toBe('resized');
  });

  it('accepts a page that its own style sheet zooms', () => {
    box = { ...box, width: 300, height: 150 };
    expect(hindranceOf(host, size)).toBeUndefined();
  });

  it('knows the zoom that Linnet gave it against that of the page, as browsers round it', () => {
    computed.zoom = '0.666667';
    expect(hindranceOf(host, size, 2 / 3)).toBeUndefined();
    expect(hindranceOf(host, size)).toBe('styled');
  });

  it('finds what lies over the middle or a corner', () => {
    for (const [x, y] of [
      [110, 70],
      [30, 30],
      [190, 30],
      [30, 110],
      [190, 110],
    ] as const) {
      hit = (atX, atY) => (Math.abs(atX - x) < 1 && Math.abs(atY - y) < 1 ? document.body : host);
      expect([x, y, hindranceOf(host, size)]).toEqual([x, y, 'covered']);
    }
    hit = () => null;
    expect(hindranceOf(host, size)).toBe('covered');
  });

  it('finds a view transition, whose pictures lie over everything', () => {
    inTransition = true;
    expect(hindranceOf(host, size)).toBe('transition');
  });
});
