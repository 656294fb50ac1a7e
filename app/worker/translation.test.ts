import { packagedTraits } from '../protocol/model-traits.ts';
import { describe, expect, it } from 'vitest';
import type { GlossaryEntry, Job, TranslationRequest } from '../protocol/types.ts';
import { type FakeEngine, fakeEngine, tinyModel } from '../testing/fake-engine.ts';
import { newJob } from './new-job.ts';
import { profiles } from './prompts/choose-profile.ts';
import { RunningJob } from './jobs/running-job.ts';
import { translate } from './translation/translation.ts';

const words = (text: string) => text.split(/\s+/).filter(Boolean).length;

interface Set {
  readonly request?: Partial<TranslationRequest>;
  readonly glossary?: readonly GlossaryEntry[];
  readonly lost?: Map<string, number>;
  /** The number of the prompt after which the person stops it. */
  readonly stopAfter?: number;
  readonly demo?: boolean;
  readonly entries?: boolean;
}

/** Translates with an engine that answers with `says(text)`, where `text` is the text between the fences. */
async function run(text: string, says: (text: string) => string, set: Set = {}) {
  const engine: FakeEngine = fakeEngine([
    { ...tinyModel, traits: set.demo === true ? packagedTraits : undefined },
  ]);
  const requests: string[] = [];
  const states: Job[] = [];
  const request: TranslationRequest = { kind: 'translation', text, language: 'de', ...set.request };
  const running = new RunningJob(newJob(request, 0, {}), {
    notify: (event) => void (event.kind === 'job' && states.push(event.job)),
    save: async () => {},
    now: () => 0,
  });
  engine.pieces = ({ prompt }) => {
    const content = prompt.kind === 'messages' ? prompt.messages.at(-1)!.content : '';
    const [, material, instructions] = /^<text>\n([\s\S]*)\n<\/text>\n([\s\S]*)$/.exec(content)!;
    requests.push(instructions!);
    if (requests.length === set.stopAfter) running.controller.abort();
    return [says(material!)];
  };
  const model = await engine.load('tiny', 'plain', {});
  const end = await translate({
    running,
    model,
    profile: profiles.find(({ id }) => id === (set.demo === true ? 'demo' : 'instruct'))!,
    tokens: {
      capacity: 400,
      countText: words,
      countMessages: (messages) => messages.reduce((sum, { content }) => sum + words(content), 0),
    },
    request,
    glossary: set.glossary ?? [],
    writesEntries: set.entries === true,
    lost: set.lost ?? new Map(),
    onPrompt: () => {},
  });
  return { end, requests, states };
}

const PLAIN = 'Translate the text into German. Answer with the translation only.';

describe('a translation', () => {
  it('is made paragraph by paragraph, and has as many paragraphs', async () => {
    const { end, requests, states } = await run('One.\n\nTwo.\n \nThree.', (text) => `[${text}\n\n!]`);
    expect(end).toMatchObject({ progress: { phase: 'done' }, text: '[One.\n!]\n\n[Two.\n!]\n\n[Three.\n!]' });
    expect(requests).toEqual([PLAIN, PLAIN, PLAIN]);
    expect(states.map((job) => job.kind === 'translation' && job.part?.done)).toEqual(
      expect.arrayContaining([0, 1, 2]),
    );
    expect(end.part).toEqual({ done: 3, total: 3 });
  });

  it('of one paragraph has no parts', async () => {
    const { end } = await run('One.', () => 'Eins.');
    expect(end.part).toBeUndefined();
  });

  it('of a paragraph that is too long for one prompt is cut at sentences, and loses none', async () => {
    const sentences = Array.from({ length: 50 }, (_, i) => `Sentence number ${i} is here.`);
    const { end, requests } = await run(sentences.join(' '), (text) => text);
    expect(requests.length).toBeGreaterThan(1);
    expect(end.text).toBe(sentences.join(' '));
  });

  it('keeps the paragraphs so far when it is stopped', async () => {
    const { end } = await run('One.\n\nTwo.\n\nThree.', (text) => text, { stopAfter: 2 });
    expect(end).toMatchObject({ progress: { phase: 'stopped' }, text: 'One.' });
  });

  it('requests marks, and accepts an answer that has them', async () => {
    const { end, requests } = await run('A <1>red</1> cup.', () => 'Eine <1>rote</1> Tasse.', {
      request: { marked: true },
    });
    expect(requests).toEqual([expect.stringContaining('Keep the tags')]);
    expect(end.text).toBe('Eine <1>rote</1> Tasse.');
  });

  it('asks again without marks if they were lost, and stops requesting them if they are lost repeatedly', async () => {
    const lost = new Map<string, number>();
    const text = 'A <1>red</1> cup.\n\nA <1>blue</1> cup.\n\nA <1>green</1> cup.\n\nNo marks.';
    const { end, requests } = await run(text, (material) => material.replace(/<1>/, ''), {
      request: { marked: true },
      lost,
    });
    expect(requests.map((request) => request !== PLAIN)).toEqual([true, false, true, false, false, false]);
    expect(end.text).toBe('A red cup.\n\nA blue cup.\n\nA green cup.\n\nNo marks.');
    expect([...lost.values()]).toEqual([2]);
  });

  it('does not confuse marks in the text itself with its own', async () => {
    const { requests } = await run('Press <1> or <2>.', (text) => text);
    expect(requests).toEqual([PLAIN]);
  });

  it('names terms that occur in the prompt, and checks them paragraph by paragraph', async () => {
    const glossary = [{ term: 'gate', translation: 'Tor', to: 'de' }];
    const { end, requests } = await run(
      'An open gate.\n\nA <1>gate</1>.\n\nNothing.',
      (text) => text.replace('open gate', 'offenes Tor'),
      { glossary },
    );
    expect(requests).toEqual([
      `${PLAIN} Use these translations: gate = Tor.`,
      `${PLAIN} Use these translations: gate = Tor.`,
      PLAIN,
    ]);
    expect(end.terms?.map(({ kept }) => kept)).toEqual([true, false]);
  });

  it('uses only the trained wording for the demo model, and still checks terms', async () => {
    const glossary = [{ term: 'gate', translation: 'Tor', to: 'de' }];
    const set = { demo: true, glossary, request: { marked: true } };
    const { end, requests } = await run('A <1>gate</1>.', () => 'Eine Pforte.', set);
    expect(requests).toEqual([PLAIN]);
    expect(end.terms?.map(({ kept }) => kept)).toEqual([false]);
  });
});

describe('a single word of a sentence', () => {
  const request = { sentence: 'She sat on the bank.', from: 'en' };
  const written = ' noun\nTranslation: das Ufer.\nMeaning: der Rand eines Flusses';

  it('is asked for as an entry, whose text is its translation', async () => {
    const { end, requests, states } = await run('bank', () => written, { request, entries: true });
    const entry = { wordClass: 'noun', translation: 'das Ufer', sense: 'der Rand eines Flusses' };
    expect(end).toMatchObject({ progress: { phase: 'done' }, text: 'das Ufer', entry });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toContain('“bank”');
    // The labels are never shown.
    expect(states.map(({ text }) => text).join()).not.toContain('Translation:');
  });

  it('is translated alone by a model that is too small, or that writes no entry', async () => {
    const small = await run('bank', (text) => `[${text}]`, { request });
    expect(small.end).toMatchObject({ text: '[bank]' });
    expect(small.end.entry).toBeUndefined();
    const odd = await run('bank', (text) => `[${text}]`, { request, entries: true });
    expect(odd.requests).toHaveLength(2);
    expect(odd.end.text).toBe('[bank]');
  });

  it('is translated alone where the entry is words of the request', async () => {
    // As small models do; its sentence counts too.
    const copied = ' noun\nTranslation: She sat on\nMeaning: what it means';
    let asked = 0;
    const { end } = await run('bank', () => (asked++ === 0 ? copied : 'Ufer'), { request, entries: true });
    expect([end.text, end.entry]).toEqual(['Ufer', undefined]);
  });

  it('follows the glossary', async () => {
    const glossary = [{ term: 'bank', translation: 'Ufer', to: 'de' }];
    const { end, requests } = await run('bank', () => written, { request, entries: true, glossary });
    expect(requests[0]).toContain('bank = Ufer');
    expect(end.terms).toEqual([{ term: 'bank', kept: true }]);
  });
});
