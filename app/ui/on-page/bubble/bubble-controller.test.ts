import { describe, expect, it } from 'vitest';
import type { Selected } from '../../../page/read/selected.ts';
import type { Send } from '../../../protocol/requests.ts';
import type { Job, Settings, TranslationRequest } from '../../../protocol/types.ts';
import { BubbleController } from './bubble-controller.ts';
import { Speech } from '../../kit/speech.ts';
import type { Translator } from '../translator.ts';

const box = () => ({ left: 0, top: 0, right: 0, bottom: 0 });

function selection(text: string, more: Partial<Selected> = {}): Selected {
  return { kind: 'page', text, lang: 'en', box, replace: undefined, ...more };
}

/** A translator that answers at once, with the text in brackets. */
function setUp(languages: Partial<Settings> = { language: 'de' }) {
  let settings = languages as Settings;
  const sent: TranslationRequest[] = [];
  const answer = { status: 'done', text: (text: string) => `[${text}]` };
  const translator = {
    settings: async () => settings,
    save: async (patch: Partial<Settings>) => {
      settings = { ...settings, ...patch };
    },
    translate: async ({ request }: Send<'translate'>, onJob: (job: Job) => void) => {
      sent.push(request);
      const job = { id: '1', status: answer.status, text: answer.text(request.text) } as Job;
      onJob(job);
      return job;
    },
    stop: () => {},
  } as unknown as Translator;
  const state = new BubbleController({
    translator,
    detector: undefined,
    speech: new Speech(),
    language: 'en',
    translatePage: () => {},
  });
  return { state, sent, translator, settings: () => settings };
}

describe('the bubble', () => {
  it('offers, and translates into the language of the settings', async () => {
    const { state, sent } = setUp();
    state.offer(selection('One'));
    expect(state.phase.value).toBe('offer');
    await state.translate();
    expect(sent).toEqual([{ kind: 'translation', text: 'One', language: 'de', from: 'en' }]);
    expect([state.phase.value, state.answer(), state.busy.value]).toEqual(['open', '[One]', false]);
    state.offer(undefined);
    expect(state.phase.value).toBe('open');
  });

  it('asks for the text with marks, shows it without, and puts it in with them', async () => {
    const put: string[] = [];
    const { state, sent } = setUp();
    const replace = (text: string) => {
      put.push(text);
      return () => put.push('back') > 0;
    };
    state.offer(selection('A cup', { marked: 'A <1>cup</1>', replace }));
    await state.translate();
    expect(sent[0]).toMatchObject({ text: 'A <1>cup</1>', marked: true });
    expect(state.answer()).toBe('[A cup]');
    state.replace();
    await state.takeBack();
    expect([put, state.stuck.value]).toEqual([['[A <1>cup</1>]', 'back'], undefined]);
  });

  it('says so where a page has changed what was put in, so that it cannot be taken back', async () => {
    const { state } = setUp();
    let there = true;
    state.offer(selection('One', { replace: () => (there ? async () => false : undefined) }));
    await state.translate();
    state.replace();
    await state.takeBack();
    expect([state.stuck.value, state.undo.value]).toEqual(['undo', undefined]);
    state.replace();
    expect(state.stuck.value).toBeUndefined();
    there = false;
    state.replace();
    expect(state.stuck.value).toBe('replace');
  });

  it('can be stopped before anybody has answered; what comes later is nobody’s', async () => {
    const { state, sent, translator, settings } = setUp();
    let connected = (_: Settings) => {};
    translator.settings = () => new Promise((resolve) => (connected = resolve));
    state.offer(selection('One'));
    const translated = state.translate();
    expect(state.busy.value).toBe(true);
    state.stop();
    expect(state.busy.value).toBe(false);
    connected(settings());
    await translated;
    expect([sent.length, state.busy.value, state.job.value]).toEqual([0, false, undefined]);
  });

  it('asks nothing of the model where the text is in that language already', async () => {
    const { state, sent, settings } = setUp({ language: 'en' });
    state.offer(selection('One'));
    await state.translate();
    expect([sent.length, state.same.value]).toEqual([0, true]);
    await state.setLanguage('fr');
    expect(sent[0]).toMatchObject({ language: 'fr' });
    expect(settings()).toEqual({ language: 'fr', secondLanguage: 'en' });
  });

  it('swaps languages: translates back, and then the selection again', async () => {
    const { state, sent } = setUp();
    state.offer(selection('One'));
    await state.translate();
    await state.swap();
    expect(sent[1]).toMatchObject({ text: '[One]', from: 'de', language: 'en' });
    expect(state.given.value).toBe('[One]');
    await state.swap();
    expect(sent[2]).toMatchObject({ text: 'One', from: 'en', language: 'de' });
    expect(state.given.value).toBeUndefined();
  });

  it('does not guess where nobody knows the language', async () => {
    const { state, sent } = setUp();
    state.offer(selection('Hm', { lang: undefined }));
    await state.translate();
    expect(state.from.value).toBeUndefined();
    expect(sent[0]).toEqual({ kind: 'translation', text: 'Hm', language: 'de' });
    await state.swap();
    expect(sent).toHaveLength(1);
    await state.setFrom('nl');
    expect(sent[1]).toMatchObject({ from: 'nl' });
  });

  it('pinned, it translates what is selected next; else it offers', async () => {
    const { state, sent } = setUp();
    state.offer(selection('One'));
    await state.translate();
    state.pinned.value = true;
    state.offer(selection('Two'));
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(sent.map(({ text }) => text)).toEqual(['One', 'Two']);
    state.pinned.value = false;
    state.offer(selection('Three'));
    expect([state.phase.value, state.selected.value?.text]).toEqual(['offer', 'Three']);
  });

  it('knows what it has itself put into the page', async () => {
    const { state } = setUp();
    state.offer(selection('One  two'));
    await state.translate();
    expect([state.isAbout('One two'), state.isAbout('[One two]'), state.isAbout('Two')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('says so where nobody answers', async () => {
    const { state, translator } = setUp();
    translator.settings = () => Promise.reject(new Error('Extension context invalidated.'));
    state.offer(selection('One'));
    await state.translate();
    expect([state.failure.value?.code, state.busy.value]).toEqual(['engine-unreachable', false]);
  });
});
