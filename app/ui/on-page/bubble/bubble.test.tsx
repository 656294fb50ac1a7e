import { expect, test, vi } from 'vitest';
import { render, settled } from '../../../testing/render.ts';
import { modelOffer, translationJob, wireError } from '../../../testing/builders.ts';
import { FakeTranslator } from '../../../testing/fake-translator.ts';
import { ownName, t } from '../../../i18n/index.ts';
import type { Selected } from '../../../page/read/selected.ts';
import { Speech } from '../../kit/speech.ts';
import type { Translator } from '../translator.ts';
import { Bubble } from './bubble.tsx';
import { BubbleController } from './bubble-controller.ts';

const box = () => ({ left: 0, top: 0, right: 0, bottom: 0 });
const selection = (change: Partial<Selected> = {}): Selected => ({
  kind: 'page',
  text: 'A linnet',
  lang: 'en',
  start: { node: document.documentElement, offset: 0 },
  box,
  replace: undefined,
  ...change,
});

function setUp(
  languages: { language: string; secondLanguage?: string } = { language: 'de' },
  pageLanguage?: string,
) {
  const translator = new FakeTranslator(languages);
  const translatePage = vi.fn();
  const openModels = vi.fn();
  const speech = new Speech();
  const controller = new BubbleController({
    translator: translator as unknown as Translator,
    detector: undefined,
    language: 'en',
    translatePage,
    openModels,
    pageLanguage: async () => pageLanguage,
    ownLanguage: () => languages.language,
    keepsWords: true,
  });
  const screen = render(<Bubble controller={controller} speech={speech} />);
  const open = async (change: Partial<Selected> = {}) => {
    await settled(() => controller.offer(selection(change)));
    await screen.click(screen.get('button', t('translate')));
  };
  return { translator, translatePage, openModels, speech, controller, screen, open };
}

test('a selection is offered, and translated in a dialog that has the focus', async () => {
  const { controller, screen, open } = setUp();
  expect(screen.text()).toBe('');
  await open();
  const dialog = screen.get('dialog', t('translation'));
  expect(document.activeElement).toBe(dialog);
  const text = screen.getText('[A linnet]');
  expect([text.getAttribute('lang'), text.getAttribute('dir')]).toEqual(['de', 'auto']);
  await screen.click(screen.get('button', t('close')));
  expect([controller.phase.value, screen.text()]).toEqual(['hidden', '']);
});

test('pressing the offer keeps the selection', async () => {
  const { controller, screen } = setUp();
  await settled(() => controller.offer(selection()));
  const press = new Event('mousedown', { bubbles: true, cancelable: true });
  screen.get('button').dispatchEvent(press);
  expect(press.defaultPrevented).toBe(true);
});

test('a translation in progress is announced as busy, and can be stopped', async () => {
  const { controller, translator, screen, open } = setUp();
  translator.answer = () => new Promise(() => {});
  await open();
  const live = screen.root.querySelector('[aria-live="polite"]')!;
  expect([live.getAttribute('aria-busy'), screen.text().includes(t('status-loading'))]).toEqual([
    'true',
    true,
  ]);
  await settled(() => {
    controller.job.value = translationJob({
      progress: { phase: 'writing' },
      text: 'Ein',
      tokensPerSecond: 4.25,
    });
  });
  expect(screen.text()).toContain(t('rate', { rate: '4.3' }));
  expect(screen.query('button', t('replace'))).toBeUndefined();
  const stops = translator.stops;
  await screen.click(screen.get('button', t('stop')));
  expect(translator.stops).toBe(stops + 1);
});

test('a long text shows which part is being translated', async () => {
  const { controller, translator, screen, open } = setUp();
  translator.answer = () => new Promise(() => {});
  await open();
  await settled(() => {
    controller.job.value = translationJob({
      progress: { phase: 'writing' },
      text: 'Ein',
      part: { done: 1, total: 4 },
    });
  });
  expect(screen.text()).toContain(t('part-progress', { part: 2, total: 4 }));
  expect(screen.root.querySelector('progress')!.getAttribute('value')).toBe('0.25');
});

test('languages are chosen and swapped', async () => {
  const { translator, screen, open } = setUp();
  await open();
  await screen.choose(screen.get('combobox', t('translate-into')), ownName('fr'));
  expect(translator.sent.at(-1)).toMatchObject({ language: 'fr', from: 'en' });
  await screen.choose(screen.get('combobox', t('translate-from')), ownName('nl'));
  expect(translator.sent.at(-1)).toMatchObject({ language: 'fr', from: 'nl' });
  await screen.click(screen.get('button', t('swap-languages')));
  expect(translator.sent.at(-1)).toMatchObject({ text: '[A linnet]', language: 'nl', from: 'fr' });
  expect(screen.text()).toContain(`${t('swapped-text')} [A linnet]`);
});

test('an unknown language cannot be swapped, and the bubble asks the person for it', async () => {
  const { screen, open } = setUp();
  await open({ lang: '' });
  expect((screen.get('button', t('swap-languages')) as HTMLButtonElement).disabled).toBe(true);
  expect(screen.queryText(t('language-ask'))).toBeDefined();
});

test('a text in the target language is not translated, and has no actions', async () => {
  const { translator, screen, open } = setUp({ language: 'en' });
  await open();
  expect(translator.sent).toEqual([]);
  expect(screen.text()).toContain(t('language-same', { language: ownName('en') }));
  expect(screen.query('button', t('retry'))).toBeUndefined();
});

test('the text is replaced, and the replacement undone', async () => {
  const undo = vi.fn(() => true);
  const replace = vi.fn(() => undo);
  const { screen, open } = setUp();
  await open({ replace });
  await screen.click(screen.get('button', t('replace')));
  expect(replace.mock.calls).toEqual([['[A linnet]']]);
  expect(screen.query('button', t('replace'))).toBeUndefined();
  await screen.click(screen.get('button', t('undo')));
  expect(undo).toHaveBeenCalledTimes(1);
  expect(screen.get('button', t('replace'))).toBeDefined();
});

test('a token draws the text again, and not the lists of languages', async () => {
  const { controller, translator, screen, open } = setUp();
  translator.answer = () => new Promise(() => {});
  await open();
  const write = (text: string) =>
    settled(() => {
      controller.job.value = translationJob({ progress: { phase: 'writing' }, text });
    });
  await write('Ein');
  // Every option asks for the name of its language.
  const named = vi.spyOn(Intl, 'DisplayNames');
  await write('Ein Hänf');
  await write('Ein Hänfling');
  expect(screen.queryText('Ein Hänfling')).toBeDefined();
  expect(named).not.toHaveBeenCalled();
  named.mockRestore();
});

test('a text that cannot be replaced, or was changed meanwhile, says so', async () => {
  const { screen, open } = setUp();
  await open();
  expect(screen.query('button', t('replace'))).toBeUndefined();
  await screen.click(screen.get('button', t('close')));
  await open({ replace: () => undefined });
  await screen.click(screen.get('button', t('replace')));
  expect(screen.queryText(t('replace-stuck'))).toBeDefined();
});

test('errors offer the Models page if it solves them, and a new attempt', async () => {
  const { translator, openModels, screen, open } = setUp();
  translator.answer = () =>
    translationJob({ progress: { phase: 'failed', error: wireError({ code: 'no-model' }) } });
  await open();
  expect(screen.get('alert').textContent).toContain(t('error-no-model'));
  await screen.click(screen.get('button', t('models')));
  expect(openModels).toHaveBeenCalledOnce();
  translator.answer = () => translationJob({ text: 'Ein Hänfling' });
  await screen.click(screen.get('button', t('retry')));
  expect([screen.query('alert'), screen.queryText('Ein Hänfling') !== undefined]).toEqual([undefined, true]);
});

test('an empty answer, a cut one and missed terms are reported', async () => {
  const { translator, screen, open } = setUp();
  translator.answer = () => translationJob({ text: '' });
  await open();
  expect(screen.queryText(t('empty'))).toBeDefined();
  const terms = [
    { term: 'linnet', kept: false },
    { term: 'heath', kept: true },
  ];
  translator.answer = () =>
    translationJob({ text: 'Ein Fink', progress: { phase: 'done', cut: true }, terms });
  await screen.click(screen.get('button', t('retry')));
  expect(screen.queryText(t('cut'))).toBeDefined();
  expect(screen.text()).toContain(`${t('terms-missed', { n: 1 })} linnet`);
  expect(screen.text()).not.toContain('heath');
});

test('it is pinned by a toggle button, and starts the translation of the page', async () => {
  const { controller, translatePage, screen, open } = setUp();
  await open();
  const pin = screen.get('button', t('pin'));
  expect(pin.getAttribute('aria-pressed')).toBe('false');
  await screen.click(pin);
  expect([pin.getAttribute('aria-pressed'), controller.pinned.value]).toEqual(['true', true]);
  await screen.click(screen.get('button', t('translate-page')));
  expect([translatePage.mock.calls.length, controller.phase.value]).toEqual([1, 'hidden']);
});

test('it is moved by the arrow keys on its handle', async () => {
  const { controller, screen, open } = setUp();
  await open();
  controller.position = { left: 100, top: 50 };
  await screen.press('ArrowRight', { in: screen.get('button', t('move')) });
  expect(controller.moved.value).toEqual({ left: 124, top: 50 });
});

test('it is read aloud only with a voice of the device', async () => {
  const { controller, speech, screen, open } = setUp();
  await open();
  expect(screen.query('button', t('speak'))).toBeUndefined();
  await settled(() => controller.close());
  vi.spyOn(speech, 'can').mockImplementation((language) => language === 'de');
  const speak = vi.spyOn(speech, 'speak').mockImplementation(() => {});
  await open();
  await screen.click(screen.get('button', t('speak')));
  expect(speak.mock.calls).toEqual([['[A linnet]', 'de']]);
});

test('a language that the model does not write is marked, and translated into only if the person insists', async () => {
  const { translator, screen, open } = setUp();
  const languages = [{ tag: 'de', writes: false }];
  translator.offered = { model: 'Finch', offer: modelOffer({ languages }) };
  await open();
  expect(translator.sent).toEqual([]);
  const german = t('language-unwritten', { language: ownName('de') });
  expect(screen.names('option')).toEqual(expect.arrayContaining([german, ownName('fr')]));
  expect(screen.text()).toContain(t('offer-unwritten', { name: 'Finch', languages: 'German' }));
  expect(screen.query('button', t('offer-better'))).toBeDefined();
  await screen.click(screen.get('button', t('translate-anyway')));
  expect(screen.text()).toContain('[A linnet]');
  // The person has insisted; another text in this language is translated at once.
  await open({ text: 'A finch' });
  expect(translator.sent.map(({ text }) => text)).toEqual(['A linnet', 'A finch']);
});

test('a word is sent with its sentence, shown as an entry, kept and taken back', async () => {
  const { translator, controller, screen, open } = setUp();
  const entry = { wordClass: 'noun', translation: 'Hänfling', sense: 'ein kleiner Fink' } as const;
  translator.answer = (request) => translationJob({ source: request.text, text: entry.translation, entry });
  await open({ text: 'linnet', sentence: 'A linnet sings.', marked: 'x' });
  expect(translator.sent.at(-1)).toMatchObject({ text: 'linnet', sentence: 'A linnet sings.' });
  for (const part of ['Hänfling', t('word-class-noun'), 'ein kleiner Fink']) screen.getText(part);
  await screen.click(screen.get('button', t('word-keep')));
  await screen.click(screen.get('button', t('word-kept')));
  const { id: job } = controller.job.value!;
  expect(translator.asked).toEqual([
    { kind: 'keep-word', job },
    { kind: 'drop-word', job },
  ]);
  screen.get('button', t('word-keep'));
});

test('words of private windows, and texts that are no word, cannot be kept', async () => {
  const { controller, screen, open } = setUp();
  await open({ text: 'A linnet sings.' });
  expect(controller.keepable.value).toBe(false);
  Object.assign(controller.options, { keepsWords: false });
  await screen.click(screen.get('button', t('close')));
  await open({ text: 'linnet', sentence: 'A linnet sings.' });
  expect(controller.keepable.value).toBe(false);
});

test('what is written in the person’s language goes into the page’s with one press, and back with one', async () => {
  const { translator, screen, controller } = setUp({ language: 'de' }, 'fr');
  const put: string[] = [];
  const replace = (text: string) => {
    put.push(text);
    return () => {
      put.pop();
      return true;
    };
  };
  await settled(() =>
    controller.offer(selection({ kind: 'written', text: 'Guten Tag', lang: 'de', replace })),
  );
  await screen.click(screen.get('button', t('write-in', { language: 'French' })));
  expect(translator.sent.at(-1)).toMatchObject({ text: 'Guten Tag', language: 'fr' });
  expect(put).toEqual(['[Guten Tag]']);
  await screen.click(screen.get('button', t('undo')));
  expect(put).toEqual([]);
  // The other direction is there too, and replaces nothing by itself.
  await screen.click(screen.get('button', t('direction-own', { language: 'German' })));
  expect([controller.language.value, put]).toEqual(['de', []]);
});

test('a field of a page in the person’s language has one direction', async () => {
  const { screen, controller } = setUp({ language: 'de' }, 'de-AT');
  await settled(() =>
    controller.offer(selection({ kind: 'written', text: 'Guten Tag', lang: 'de', replace: () => undefined })),
  );
  expect(controller.writable.value).toBeUndefined();
  await screen.click(screen.get('button', t('translate')));
  expect(controller.directions.value).toBeUndefined();
});

test('rules decide what is offered, unless the person asked', async () => {
  const { controller } = setUp();
  let may: boolean | Promise<boolean> = false;
  Object.assign(controller.options, { mayOffer: () => may });
  controller.offer(selection());
  expect(controller.phase.value).toBe('hidden');
  controller.offer(selection(), 'request');
  expect(controller.phase.value).toBe('offer');
  may = Promise.resolve(false);
  await settled(() => controller.offer(selection({ text: 'Another' })));
  expect(controller.phase.value).toBe('hidden');
});
