import { afterEach, expect, test, vi } from 'vitest';
import { queries, settled } from '../../../testing/render.ts';
import { translationJob } from '../../../testing/builders.ts';
import { click } from '../../../testing/user.ts';
import { fire } from '../../../testing/window-events.ts';
import { t, useTexts } from '../../../i18n/index.ts';
import { bubbleShape } from '../bubble/bubble-model.ts';
import { awaitLink, createFrameApp } from './frame-app.tsx';
import type { FromFrame } from './messages.ts';

const state = (change: object = {}) =>
  ({ kind: 'state', patch: { value: { ...bubbleShape.fields, ...change } } }) as const;

function setUp({ seenFor }: { readonly seenFor: number | undefined } = { seenFor: 700 }) {
  const root = document.createElement('div');
  document.body.append(root);
  const sent: FromFrame[] = [];
  const receive = createFrameApp(
    'bubble',
    root,
    () => seenFor,
    (message) => void sent.push(message),
  );
  return { root, receive, sent, screen: queries(root) };
}

afterEach(() => {
  document.body.replaceChildren();
  useTexts('en', {});
});

test('it draws what the content script sends, and says what the person does and how long it was seen', async () => {
  const { receive, sent, screen, root } = setUp();
  expect(screen.text()).toBe('');
  await settled(() => receive(state({ phase: 'offer' })));
  receive({ kind: 'room', height: 300 });
  expect(root.style.getPropertyValue('--room')).toBe('300px');
  await click(screen.get('button', t('translate')));
  expect(sent).toEqual([{ kind: 'act', name: 'translate', args: [], seenFor: 700 }]);
});

test('a refusal is explained until the next attempt, and lists show again what is in effect', async () => {
  const { receive, sent, screen } = setUp({ seenFor: undefined });
  await settled(() => receive(state({ phase: 'open', language: 'de', from: 'en' })));
  const target = () => screen.get('combobox', t('translate-into')) as HTMLSelectElement;
  const before = target();
  await settled(() => {
    before.value = 'fr';
    fire(before, 'change');
  });
  expect(sent).toMatchObject([{ name: 'setLanguage', args: ['fr'], seenFor: undefined }]);
  await settled(() => receive({ kind: 'refused', early: false }));
  expect(screen.get('alert').textContent).toBe(t('page-covers'));
  expect(target().value).toBe('de');
  await click(screen.get('button', t('close')));
  expect(screen.query('alert')).toBeUndefined();
});

test('a choice that came too early is taken back without a word', async () => {
  const { receive, screen } = setUp({ seenFor: 10 });
  await settled(() => receive(state({ phase: 'open', language: 'de', from: 'en' })));
  const target = () => screen.get('combobox', t('translate-into')) as HTMLSelectElement;
  const before = target();
  await settled(() => {
    before.value = 'fr';
    fire(before, 'change');
  });
  await settled(() => receive({ kind: 'refused', early: true }));
  expect(target().value).toBe('de');
  expect(screen.query('alert')).toBeUndefined();
});

test('it draws what changed, and what did not change stays', async () => {
  const { receive, screen } = setUp();
  const job = translationJob({ text: 'Ein' });
  await settled(() => receive(state({ phase: 'open', language: 'de', busy: true, job })));
  const patch = { parts: { job: { parts: { text: { end: ' Hänfling' } }, gone: [] } }, gone: [] };
  await settled(() => receive({ kind: 'state', patch }));
  expect(screen.queryText('Ein Hänfling')).toBeDefined();
  expect((screen.get('combobox', t('translate-into')) as HTMLSelectElement).value).toBe('de');
});

test('it is drawn again in the texts that arrive, in their direction', async () => {
  const { receive, root, screen } = setUp();
  await settled(() => receive(state({ phase: 'offer' })));
  await settled(() => receive({ kind: 'texts', language: 'ar', texts: { translate: 'ترجم' } }));
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
