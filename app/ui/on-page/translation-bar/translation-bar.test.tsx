import { expect, test, vi } from 'vitest';
import { render, settled } from '../../../testing/render.ts';
import { modelOffer, wireError } from '../../../testing/builders.ts';
import { FakeTranslator } from '../../../testing/fake-translator.ts';
import { ownName, t } from '../../../i18n/index.ts';
import type { Translator } from '../translator.ts';
import { TranslationBar } from './translation-bar.tsx';
import { TranslationController } from './translation-controller.ts';
import type { Progress } from './translation-model.ts';

async function setUp(progress?: Progress) {
  const translator = new FakeTranslator() as unknown as Translator;
  const controller = new TranslationController(translator, undefined, 'de');
  const screen = render(<TranslationBar controller={controller} />);
  const show = (state: Partial<Progress> | undefined) =>
    settled(() => {
      controller.shown.value = true;
      controller.progress.value = state && { done: 0, total: 0, running: false, stopped: false, ...state };
    });
  await show(progress);
  const spy = (name: 'setFrom' | 'setLanguage' | 'setView' | 'setScope' | 'resume' | 'stop' | 'restore') =>
    vi.spyOn(controller, name).mockReturnValue(undefined as never);
  return { controller, screen, show, spy };
}

test('a hidden bar has no content', async () => {
  const { controller, screen } = await setUp();
  await settled(() => {
    controller.shown.value = false;
  });
  expect(screen.text()).toBe('');
});

test('the status is announced when the state changes, the numbers are not', async () => {
  const { screen, show } = await setUp();
  const status = () => screen.get('status').textContent;
  expect([screen.get('region', t('page-translation')) !== undefined, status()]).toEqual([
    true,
    t('model-connecting'),
  ]);
  await show({ done: 1, total: 3, running: true });
  expect(status()).toBe(t('page-working'));
  expect(screen.text()).toContain(t('page-progress', { done: '1', total: '3' }));
  await show({ done: 1, total: 3 });
  expect(status()).toBe(t('page-waiting'));
  await show({ done: 3, total: 3 });
  expect(status()).toBe(t('page-done'));
  await show({ done: 1, total: 3, stopped: true });
  expect(status()).toBe(t('page-stopped'));
  await show({});
  expect(status()).toBe(t('page-nothing'));
});

test('a running translation is stopped, a stopped one continued', async () => {
  const { screen, show, spy } = await setUp({ done: 0, total: 2, running: true, stopped: false });
  const [stop, resume] = [spy('stop'), spy('resume')];
  await screen.click(screen.get('button', t('stop')));
  await show({ total: 2, stopped: true });
  await screen.click(screen.get('button', t('page-continue')));
  expect([stop.mock.calls.length, resume.mock.calls.length]).toEqual([1, 1]);
  await show({ done: 2, total: 2 });
  expect(screen.query('button', t('stop')) ?? screen.query('button', t('page-continue'))).toBeUndefined();
});

test('view and scope are toggle buttons', async () => {
  const { controller, screen, spy } = await setUp();
  const [setView, setScope] = [spy('setView'), spy('setScope')];
  const pressed = (name: string) => screen.get('button', name).getAttribute('aria-pressed');
  expect([pressed(t('view-both')), pressed(t('view-translation')), pressed(t('whole-page'))]).toEqual([
    'true',
    'false',
    'false',
  ]);
  await screen.click(screen.get('button', t('view-translation')));
  await screen.click(screen.get('button', t('whole-page')));
  await settled(() => {
    controller.scope.value = 'page';
  });
  expect(pressed(t('whole-page'))).toBe('true');
  await screen.click(screen.get('button', t('whole-page')));
  expect([setView.mock.calls, setScope.mock.calls]).toEqual([[['translation']], [['page'], ['article']]]);
});

test('the target is chosen; the source too, if it is unsure', async () => {
  const { controller, screen, spy } = await setUp();
  const [setLanguage, setFrom] = [spy('setLanguage'), spy('setFrom')];
  await screen.choose(screen.get('combobox', t('translate-into')), ownName('fr'));
  expect(screen.query('combobox', t('translate-from'))).toBeUndefined();
  await settled(() => {
    controller.unsure.value = true;
  });
  expect(screen.queryText(t('language-ask'))).toBeDefined();
  await screen.choose(screen.get('combobox', t('translate-from')), ownName('nl'));
  expect([setLanguage.mock.calls, setFrom.mock.calls]).toEqual([[['fr']], [['nl']]]);
  await settled(() => {
    controller.from.value = 'nl';
  });
  expect(screen.queryText(t('language-ask'))).toBeUndefined();
});

test('a page in the target language asks for another, and says nothing else', async () => {
  const { controller, screen } = await setUp();
  await settled(() => {
    controller.needsLanguage.value = true;
    controller.from.value = 'de';
  });
  expect(screen.text()).toContain(t('language-same', { language: ownName('de') }));
  expect(screen.text()).toContain(t('language-wrong'));
  expect(screen.get('status').textContent).toBe('');
});

test('an error offers its next step and to continue, in place of the status', async () => {
  const { controller, screen } = await setUp({ done: 0, total: 2, running: false, stopped: true });
  await settled(() => {
    controller.failure.value = wireError({ code: 'no-model' });
  });
  expect(screen.get('alert').textContent).toContain(t('error-no-model'));
  expect(screen.get('button', t('models'))).toBeDefined();
  expect(screen.get('button', t('page-continue'))).toBeDefined();
  expect(screen.get('status').textContent).toBe('');
});

test('closing restores the page', async () => {
  const { screen, spy } = await setUp();
  const restore = spy('restore');
  await screen.click(screen.get('button', t('page-restore')));
  expect(restore).toHaveBeenCalledTimes(1);
});

test('a language that the model does not write is explained, and the person may insist', async () => {
  const { controller, screen } = await setUp();
  const insist = vi.spyOn(controller, 'insist').mockReturnValue(undefined);
  await settled(() => {
    controller.offered.value = {
      model: 'Finch',
      offer: modelOffer({ languages: [{ tag: 'de', writes: false }] }),
    };
    controller.unwritten.value = true;
  });
  expect(screen.names('option')).toContain(t('language-unwritten', { language: ownName('de') }));
  expect(screen.text()).toContain(t('offer-unwritten', { name: 'Finch', languages: 'German' }));
  expect(screen.get('status').textContent).toBe('');
  await screen.click(screen.get('button', t('translate-anyway')));
  expect(insist).toHaveBeenCalledOnce();
});

test('notes on paragraphs are folded away, and lead to their paragraphs', async () => {
  const { controller, screen } = await setUp({ done: 2, total: 2, running: false, stopped: false });
  expect(screen.queryText(t('page-notes', { n: 1 }))).toBeUndefined();
  const reveal = vi.spyOn(controller, 'reveal').mockReturnValue(undefined);
  await settled(() => {
    controller.notes.value = [
      { id: 7, text: 'A linnet is…', note: 'Not as in your glossary: linnet → Hänfling' },
    ];
  });
  const details = screen.root.querySelector('details')!;
  expect([details.hasAttribute('open'), details.textContent.includes('linnet → Hänfling')]).toEqual([
    false,
    true,
  ]);
  details.setAttribute('open', '');
  await screen.click(screen.get('button', 'A linnet is…'));
  expect(reveal.mock.calls).toEqual([[7]]);
});

test('while a server of the person translates, the bar says that texts leave the device', async () => {
  const { controller, screen } = await setUp({ done: 0, total: 1, running: true, stopped: false });
  expect(screen.text()).not.toContain(t('sends-to-own'));
  await settled(() => {
    controller.offered.value = { model: 'big', offer: modelOffer(), server: {} };
  });
  expect(screen.text()).toContain(t('sends-to-own'));
});
