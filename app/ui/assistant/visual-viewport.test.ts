import '../../testing/dom.ts';
import { afterEach, expect, test, vi } from 'vitest';
import { followViewport } from './visual-viewport.ts';

afterEach(() => vi.unstubAllGlobals());

const height = () => document.documentElement.style.getPropertyValue('--view-height');

test('the height follows the on-screen keyboard, but not a pinch zoom', () => {
  let onResize = () => {};
  const view = {
    height: 600,
    scale: 1,
    addEventListener: (_type: 'resize', listener: () => void) => {
      onResize = listener;
    },
  };
  vi.stubGlobal('visualViewport', view);
  followViewport();
  expect(height()).toBe('600px');
  view.height = 320.4;
  onResize();
  expect(height()).toBe('320px');
  Object.assign(view, { height: 300, scale: 2 });
  onResize();
  expect(height()).toBe('600px');
});

test('a browser without a visual viewport is left alone', () => {
  document.documentElement.style.removeProperty('--view-height');
  vi.stubGlobal('visualViewport', null);
  followViewport();
  expect(height()).toBeFalsy();
});
