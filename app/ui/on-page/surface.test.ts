import { signal } from '@preact/signals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import '../../testing/dom.ts';
import { t, useTexts } from '../../i18n/index.ts';
import { fire } from '../../testing/window-events.ts';
import { FrameLink, type FrameListener } from './frame/frame-link.ts';
import type { ToFrame } from './frame/messages.ts';
import type { ModelShape } from './frame/mirror.ts';
import { patched } from './frame/patch.ts';
import { type Hindrance, hindranceOf } from './hindrance.ts';
import { PageHost } from './page-host.ts';
import { mountSurface, type Surface, type SurfaceOptions } from './surface.ts';

vi.mock('./frame/frame-link.ts', () => ({ FrameLink: vi.fn() }));
vi.mock('./page-host.ts', () => ({ PageHost: vi.fn() }));
vi.mock('./hindrance.ts', () => ({ hindranceOf: vi.fn() }));

interface Model {
  readonly word: ReturnType<typeof signal<string>>;
  translate(): void;
  close(): void;
}
const shape: ModelShape<Model> = {
  fields: { word: '' },
  actions: { translate: 'guarded', close: 'harmless' },
};

let posted: ToFrame[];
let calls: string[];
let frame: HTMLIFrameElement;
let listener: FrameListener;
let lose: () => void;
let surface: Surface | undefined;
let hindrance: Hindrance | undefined;

beforeEach(() => {
  posted = [];
  calls = [];
  hindrance = undefined;
  vi.useFakeTimers();
  vi.mocked(hindranceOf).mockImplementation(() => hindrance);
  vi.mocked(FrameLink).mockImplementation(function (this: unknown, _name, given) {
    listener = given;
    frame = document.createElement('iframe');
    return {
      frame,
      post: (message: ToFrame) => void posted.push(message),
      close: () => void calls.push('close link'),
    } as unknown as FrameLink;
  });
  vi.mocked(PageHost).mockImplementation(function (this: unknown, onLost) {
    lose = onLost;
    const element = document.createElement('div');
    return {
      element,
      root: document.createElement('div'),
      style: (values: Record<string, string>) => {
        for (const [name, value] of Object.entries(values)) element.style.setProperty(name, value);
      },
      show: () => void calls.push('show'),
      hide: () => void calls.push('hide'),
      undoZoom: () => {},
      zoom: 1,
    } as unknown as PageHost;
  });
});

afterEach(() => {
  surface?.remove();
  useTexts('en', {});
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function setUp() {
  const model = { word: signal('linnet'), translate: vi.fn(), close: vi.fn() };
  const options: SurfaceOptions<Model> = {
    name: 'bubble',
    label: () => t('translation'),
    model,
    shape,
    room: () => 300,
    onSize: vi.fn(),
    onLost: vi.fn(),
  };
  const mounted = mountSurface(options);
  surface = mounted;
  const act = (name: string, seenFor: number | 'unseen' = 5000) =>
    listener.onMessage({ kind: 'act', name, args: [], seenFor: seenFor === 'unseen' ? undefined : seenFor });
  return { model, options, surface: mounted, act };
}

test('the frame gets the whole state whenever it is ready, what changes of it, and the room it has', () => {
  const { model } = setUp();
  const room = { kind: 'room', height: 300 };
  for (const word of ['linnet', 'finch']) {
    posted.length = 0;
    listener.onMessage({ kind: 'ready' });
    expect(posted).toEqual([room, { kind: 'state', patch: { value: { word } } }]);
    posted.length = 0;
    model.word.value = 'finch';
    fire(window, 'resize');
  }
  expect(posted).toEqual([room]);
});

test('a keyboard on the screen leaves less room, and the frame gets to know', () => {
  const viewport = document.createElement('div');
  vi.stubGlobal('visualViewport', viewport);
  const { options, surface } = setUp();
  listener.onMessage({ kind: 'ready' });
  posted.length = 0;
  options.room = () => 120;
  fire(viewport, 'resize');
  expect(posted).toEqual([{ kind: 'room', height: 120 }]);
  surface.remove();
  fire(viewport, 'resize');
  expect(posted).toHaveLength(1);
});

test('a token costs a message as long as the token, however long the answer is', () => {
  const { model } = setUp();
  const lengths: number[] = [];
  listener.onMessage({ kind: 'ready' });
  for (let token = 0; token < 2000; token++) {
    posted.length = 0;
    model.word.value += ' finch';
    lengths.push(JSON.stringify(posted).length);
  }
  expect([lengths.length, new Set(lengths).size]).toEqual([2000, 1]);
  expect(lengths[0]).toBeLessThan(100);
  expect(model.word.value).toHaveLength(6 + 2000 * 6);
});

test('what the frame makes of the messages is the state, also after it was loaded again', () => {
  const { model } = setUp();
  let mirror: unknown;
  const read = () => {
    for (const message of posted.splice(0))
      if (message.kind === 'state') mirror = patched(mirror, structuredClone(message.patch));
    return mirror;
  };
  for (let load = 0; load < 2; load++) {
    posted.length = 0;
    mirror = undefined;
    listener.onMessage({ kind: 'ready' });
    for (const word of ['linnet', 'linnets', 'lin', '', 'finch']) {
      model.word.value = word;
      expect(read()).toEqual({ word });
    }
  }
});

test('another language reaches the open frame at once, and its name for screen readers', () => {
  setUp();
  listener.onMessage({ kind: 'ready' });
  expect(frame.title).toBe(t('translation'));
  posted.length = 0;
  useTexts('de', { translation: 'Übersetzung' });
  expect(posted).toMatchObject([{ kind: 'texts', language: 'de', texts: { translation: 'Übersetzung' } }]);
  expect(frame.title).toBe('Übersetzung');
  // The same language again draws nothing again.
  useTexts('de', { translation: 'Übersetzung' });
  expect(posted).toHaveLength(1);
  // A frame that is loaded later gets the texts before what is drawn in them.
  posted.length = 0;
  listener.onMessage({ kind: 'ready' });
  expect(posted.map(({ kind }) => kind)).toEqual(['texts', 'room', 'state']);
});

test('it is invisible until its size is known', () => {
  const { surface, options } = setUp();
  surface.show();
  expect(surface.host.style.visibility).toBe('hidden');
  const size = { width: 120, height: 44 };
  listener.onMessage({ kind: 'size', size });
  listener.onMessage({ kind: 'size', size: { ...size } });
  expect([surface.host.style.visibility, surface.size()]).toEqual(['visible', size]);
  expect(vi.mocked(options.onSize).mock.calls).toEqual([[size]]);
});

test('a guarded action needs a surface that is seen, steady, and as Linnet made it', () => {
  const { model, surface, act } = setUp();
  surface.style({ left: '8px', top: '8px' });
  act('translate');
  expect(model.translate).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1000);
  // The same place again is no movement.
  surface.style({ left: '8px', top: '8px' });
  act('translate', 10);
  expect(model.translate).not.toHaveBeenCalled();
  posted.length = 0;
  act('translate', 'unseen');
  hindrance = 'covered';
  act('translate');
  expect(posted).toEqual([
    { kind: 'refused', early: false },
    { kind: 'refused', early: false },
  ]);
  hindrance = undefined;
  act('translate');
  expect(model.translate).toHaveBeenCalledTimes(1);
});

test('what the person moved is where they see it', () => {
  const { model, surface, act } = setUp();
  vi.advanceTimersByTime(1000);
  surface.style({ left: '90px' }, true);
  act('translate');
  expect(model.translate).toHaveBeenCalledTimes(1);
});

test('closing works however the page treats the surface; names that are no actions do nothing', () => {
  const { model, act } = setUp();
  hindrance = 'styled';
  act('close');
  act('word');
  act('constructor');
  expect(model.close).toHaveBeenCalledTimes(1);
});

test('it is given up where the page removes it or the frame is not loaded', () => {
  const { options, surface } = setUp();
  surface.show();
  lose();
  listener.onFailure();
  expect([
    vi.mocked(options.onLost).mock.calls.length,
    calls.filter((call) => call === 'hide').length,
  ]).toEqual([2, 2]);
});

test('a removed surface sends nothing any more', () => {
  const { model, surface } = setUp();
  listener.onMessage({ kind: 'ready' });
  surface.remove();
  posted.length = 0;
  fire(window, 'resize');
  model.word.value = 'finch';
  useTexts('de', {});
  expect(posted).toEqual([]);
});
