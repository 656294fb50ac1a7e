import { describe, expect, it } from 'vitest';
import type { Selected } from '../../../page/read/selected.ts';
import type { Send } from '../../../protocol/requests.ts';
import type { Job, Settings, TranslationRequest } from '../../../protocol/types.ts';
import '../../../testing/dom.ts';
import { BubbleController } from './bubble-controller.ts';
import type { Translator } from '../translator.ts';
import type { OfferAheadOptions, OfferFacts } from './offer-ahead.ts';
import { OfferAhead } from './offer-ahead.ts';
import { RecordingClient } from '../../../testing/recording-client.ts';

const box = () => ({ left: 0, top: 0, right: 0, bottom: 0 });
const start = { node: document.documentElement, offset: 0 };

function selection(text: string, more: Partial<Selected> = {}): Selected {
  return { kind: 'page', text, lang: 'en', start, box, replace: undefined, ...more };
}

/** Sets up a controller whose translator answers at once, with the text in brackets. */
function setUp(languages: Partial<Settings> = { language: 'de' }, ahead?: OfferAhead) {
  let settings = languages as Settings;
  const sent: TranslationRequest[] = [];
  const answer = { phase: 'done', text: (text: string) => `[${text}]` };
  const translator = {
    languages: async () => settings,
    offer: async () => undefined,
    chooseLanguage: async (language: string) => {
      settings = { ...settings, language, secondLanguage: settings.language };
    },
    translate: async ({ request }: Send<'translate'>, onJob: (job: Job) => void) => {
      sent.push(request);
      const job = { id: '1', progress: { phase: answer.phase }, text: answer.text(request.text) } as Job;
      onJob(job);
      return job;
    },
    stop: () => {},
  } as unknown as Translator;
  const controller = new BubbleController({
    translator,
    detector: undefined,
    language: 'en',
    translatePage: () => {},
    openModels: () => {},
    ...(ahead === undefined ? {} : { ahead }),
  });
  return { controller, sent, translator, settings: () => settings };
}

describe('BubbleController', () => {
  it('offers a selection, and translates it into the language of the settings', async () => {
    const { controller, sent } = setUp();
    controller.offer(selection('One'));
    expect(controller.phase.value).toBe('offer');
    await controller.translate();
    expect(sent).toEqual([{ kind: 'translation', text: 'One', language: 'de', from: 'en' }]);
    expect([controller.phase.value, controller.answer(), controller.busy.value]).toEqual([
      'open',
      '[One]',
      false,
    ]);
    controller.offer(undefined);
    expect(controller.phase.value).toBe('open');
  });

  it('requests the text with marks, shows it without, and replaces the selection with them', async () => {
    const put: string[] = [];
    const { controller, sent } = setUp();
    const replace = (text: string) => {
      put.push(text);
      return () => put.push('back') > 0;
    };
    controller.offer(selection('A cup', { marked: 'A <1>cup</1>', replace }));
    await controller.translate();
    expect(sent[0]).toMatchObject({ text: 'A <1>cup</1>', marked: true });
    expect(controller.answer()).toBe('[A cup]');
    controller.replace();
    await controller.undoReplace();
    expect([put, controller.stuck.value]).toEqual([['[A <1>cup</1>]', 'back'], undefined]);
  });

  it('reports a text that was changed meanwhile and cannot be replaced or restored', async () => {
    const { controller } = setUp();
    let there = true;
    controller.offer(selection('One', { replace: () => (there ? async () => false : undefined) }));
    await controller.translate();
    controller.replace();
    await controller.undoReplace();
    expect([controller.stuck.value, controller.undo.value]).toEqual(['undo', undefined]);
    controller.replace();
    expect(controller.stuck.value).toBeUndefined();
    there = false;
    controller.replace();
    expect(controller.stuck.value).toBe('replace');
  });

  it('can be stopped before the settings arrive; nothing is requested afterwards', async () => {
    const { controller, sent, translator, settings } = setUp();
    let connected = (_: Settings) => {};
    translator.languages = () => new Promise((resolve) => (connected = resolve));
    controller.offer(selection('One'));
    const translated = controller.translate();
    expect(controller.busy.value).toBe(true);
    controller.stop();
    expect(controller.busy.value).toBe(false);
    connected(settings());
    await translated;
    expect([sent.length, controller.busy.value, controller.job.value]).toEqual([0, false, undefined]);
  });

  it('requests nothing if the text is in the target language already', async () => {
    const { controller, sent, settings } = setUp({ language: 'en' });
    controller.offer(selection('One'));
    await controller.translate();
    expect([sent.length, controller.same.value]).toEqual([0, true]);
    await controller.setLanguage('fr');
    expect(sent[0]).toMatchObject({ language: 'fr' });
    expect(settings()).toEqual({ language: 'fr', secondLanguage: 'en' });
  });

  it('swaps languages: translates the answer back, then the selection again', async () => {
    const { controller, sent } = setUp();
    controller.offer(selection('One'));
    await controller.translate();
    await controller.swap();
    expect(sent[1]).toMatchObject({ text: '[One]', from: 'de', language: 'en' });
    expect(controller.swappedText.value).toBe('[One]');
    await controller.swap();
    expect(sent[2]).toMatchObject({ text: 'One', from: 'en', language: 'de' });
    expect(controller.swappedText.value).toBeUndefined();
  });

  it('sends no source language if it is unknown, until the person chooses one', async () => {
    const { controller, sent } = setUp();
    controller.offer(selection('Hm', { lang: undefined }));
    await controller.translate();
    expect([controller.from.value, sent[0]]).toEqual([
      undefined,
      { kind: 'translation', text: 'Hm', language: 'de' },
    ]);
    await controller.swap();
    expect(sent).toHaveLength(1);
    await controller.setFrom('nl');
    expect(sent[1]).toMatchObject({ from: 'nl' });
  });

  it('translates the next selection at once if it is pinned, else offers it', async () => {
    const { controller, sent } = setUp();
    controller.offer(selection('One'));
    await controller.translate();
    controller.pinned.value = true;
    controller.offer(selection('Two'));
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(sent.map(({ text }) => text)).toEqual(['One', 'Two']);
    controller.pinned.value = false;
    controller.offer(selection('Three'));
    expect([controller.phase.value, controller.selected.value?.text]).toEqual(['offer', 'Three']);
  });

  it('recognises its own selection and translation', async () => {
    const { controller } = setUp();
    controller.offer(selection('One  two'));
    await controller.translate();
    expect([
      controller.isAbout(selection('One two')),
      controller.isAbout(selection('[One two]')),
      controller.isAbout(selection('Two')),
    ]).toEqual([true, true, false]);
  });

  it('reports an engine that cannot be reached', async () => {
    const { controller, translator } = setUp();
    translator.languages = () => Promise.reject(new Error('Extension context invalidated.'));
    controller.offer(selection('One'));
    await controller.translate();
    expect([controller.failure.value?.code, controller.busy.value]).toEqual(['engine-unreachable', false]);
  });
});

describe('what it offers', () => {
  const power: OfferAheadOptions['power'] = async () => ({ phone: false });
  function aheadOf(languages: Partial<Settings> = { language: 'de' }) {
    const clients: RecordingClient[] = [];
    const connect = () => {
      const client = new RecordingClient();
      client.answer('languages', () => languages as OfferFacts['languages']);
      clients.push(client);
      return client;
    };
    const { controller, sent } = setUp(languages, new OfferAhead({ connect, power }));
    const told = () => clients.flatMap((client) => client.sent('read-ahead'));
    return { controller, sent, clients, told };
  }
  const soon = () => new Promise((resolve) => setTimeout(resolve, 0));

  it('is read if the person has just selected it, by the request of its button, until it is pressed', async () => {
    const { controller, sent, clients, told } = aheadOf();
    controller.offer(selection('A cup', { marked: 'A <1>cup</1>' }), 'gesture');
    await soon();
    expect(clients[0]!.closed).toBe(false);
    await controller.translate();
    expect(told().map(({ translation }) => translation)).toEqual(sent);
    expect(clients.map(({ closed }) => closed)).toEqual([true]);
  });

  it.each<[string, (controller: BubbleController) => void]>([
    ['nothing is selected any more', (controller) => controller.offer(undefined)],
    ['the bubble is closed', (controller) => controller.close()],
    ['a script selects something else', (controller) => controller.offer(selection('Two'))],
  ])('is dropped when %s', async (_, leave) => {
    const { controller, clients } = aheadOf();
    controller.offer(selection('One'), 'gesture');
    await soon();
    leave(controller);
    expect(clients.map(({ closed }) => closed)).toEqual([true]);
  });

  it.each<[string, Partial<Settings>, 'gesture' | undefined]>([
    ['selected by a script of the page', { language: 'de' }, undefined],
    ['in the language of its translations already', { language: 'en' }, 'gesture'],
  ])('is not read if it is %s', async (_, languages, by) => {
    const { controller, told } = aheadOf(languages);
    controller.offer(selection('One'), by);
    await soon();
    expect(told().filter(({ translation }) => translation !== undefined)).toEqual([]);
  });

  it('names nothing once the person has gone on', async () => {
    const { controller, told } = aheadOf();
    controller.offer(selection('One'), 'gesture');
    controller.close();
    await soon();
    expect(told()).toEqual([]);
  });
});
