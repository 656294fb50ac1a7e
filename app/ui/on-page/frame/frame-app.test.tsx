import { afterEach, expect, test, vi } from 'vitest';
import { queries, settled } from '../../../testing/render.ts';
import { click } from '../../../testing/user.ts';
import { fire } from '../../../testing/window-events.ts';
import { t, useTexts } from '../../../i18n/index.ts';
import { bubbleShape } from '../bubble/bubble-model.ts';
import { awaitLink, createFrameApp } from './frame-app.tsx';
import type { FromFrame } from './messages.ts';

const room = { width: 400, height: 300 };
const state = (change: object = {}) =>
  ({ kind: 'state', state: { ...bubbleShape.fields, ...change }, room }) as const;

function setUp({ seenFor }: { readonly seenFor: number | undefined } = { seenFor: 700 }) {
  const root = document.createElement('div');
  document.body.append(root);
  const sent: FromFrame[] = [];
  const app = createFrameApp(
    'bubble',
    root,
    () => seenFor,
    (message) => void sent.push(message),
  );
  return { root, app, sent, screen: queries(root) };
}

afterEach(() => {
  document.body.replaceChildren();
  useTexts('en', {});
});

test('it draws what the content script sends, and says what the person does and how long it was seen', async () => {
  const { app, sent, screen, root } = setUp();
  expect(screen.text()).toBe('');
  await settled(() => app.receive(state({ phase: 'offer' })));
  expect(root.style.getPropertyValue('--room')).toBe('300px');
  await click(screen.get('button', t('translate')));
  expect(sent).toEqual([{ kind: 'act', name: 'translate', args: [], seenFor: 700 }]);
});

test('a refusal is explained until the next attempt, and lists show again what is in effect', async () => {
  const { app, sent, screen } = setUp({ seenFor: undefined });
  await settled(() => app.receive(state({ phase: 'open', language: 'de', from: 'en' })));
  const target = () => screen.get('combobox', t('translate-into')) as HTMLSelectElement;
  const before = target();
  await settled(() => {
    before.value = 'fr';
    fire(before, 'change');
  });
  expect(sent).toMatchObject([{ name: 'setLanguage', args: ['fr'], seenFor: undefined }]);
  await settled(() => app.receive({ kind: 'refused', early: false }));
  expect(screen.get('alert').textContent).toBe(t('page-covers'));
  expect(target().value).toBe('de');
  await click(screen.get('button', t('close')));
  expect(screen.query('alert')).toBeUndefined();
});

test('a choice that came too early is taken back without a word', async () => {
  const { app, screen } = setUp({ seenFor: 10 });
  await settled(() => app.receive(state({ phase: 'open', language: 'de', from: 'en' })));
  const target = () => screen.get('combobox', t('translate-into')) as HTMLSelectElement;
  const before = target();
  await settled(() => {
    before.value = 'fr';
    fire(before, 'change');
  });
  await settled(() => app.receive({ kind: 'refused', early: true }));
  expect(target().value).toBe('de');
  expect(screen.query('alert')).toBeUndefined();
});

test('it is drawn again in other texts, in their direction', async () => {
  const { app, root, screen } = setUp();
  await settled(() => app.receive(state({ phase: 'offer' })));
  useTexts('ar', { translate: 'ترجم' });
  await settled(() => app.redraw());
  expect([root.lang, root.dir, screen.names('button')]).toEqual(['ar', 'rtl', ['ترجم']]);
});

test('only the content script that made the frame can connect to it', () => {
  const parent = {};
  vi.stubGlobal('parent', parent);
  const connected = vi.fn();
  awaitLink('#bubble.abc', connected);
  const port = {};
  const send = (properties: object) =>
    fire(window, 'message', { source: parent, data: 'abc', ports: [port], ...properties });
  send({ data: 'abd' });
  send({ source: {} });
  send({ ports: [] });
  expect(connected).not.toHaveBeenCalled();
  send({});
  send({});
  expect(connected.mock.calls).toEqual([['bubble', port]]);
  // Not an address that Linnet makes.
  for (const hash of ['', '#', '#bubble', '#bubble.', '#popup.abc']) awaitLink(hash, connected);
  send({});
  expect(connected).toHaveBeenCalledTimes(1);
  vi.unstubAllGlobals();
});
