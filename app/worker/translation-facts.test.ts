import { describe, expect, it } from 'vitest';
import { packagedTraits } from '../protocol/model-traits.ts';
import type { TranslationRequest } from '../protocol/types.ts';
import { fakeEngine, tinyModel } from '../testing/fake-engine.ts';
import { RunningJob } from './jobs/running-job.ts';
import { newJob } from './new-job.ts';
import { profileOfLoaded } from './prompts/choose-profile.ts';
import { translate } from './translation/translation.ts';

const words = (text: string) => text.split(/\s+/).filter(Boolean).length;

/** Translates with a model that answers with `answers`, one after the other; the demo model misreads requests for terms. */
async function run(text: string, answers: readonly string[], demo = false) {
  const engine = fakeEngine([{ ...tinyModel, traits: demo ? packagedTraits : undefined }]);
  const requests: string[] = [];
  engine.pieces = ({ prompt }) => {
    requests.push(prompt.kind === 'messages' ? prompt.messages.at(-1)!.content : '');
    return [answers[requests.length - 1]!];
  };
  const request: TranslationRequest = { kind: 'translation', text, language: 'de' };
  const model = await engine.load('tiny', 'plain', {});
  const profile = profileOfLoaded(model);
  const end = await translate({
    running: new RunningJob(newJob(request, 0, {}), { notify: () => {}, save: async () => {}, now: () => 0 }),
    model,
    profile: demo ? profile : { ...profile, translation: { ...profile.translation, terms: 'Use: {terms}.' } },
    tokens: {
      capacity: 400,
      countText: words,
      countMessages: (messages) => messages.reduce((sum, { content }) => sum + words(content), 0),
    },
    request,
    glossary: [],
    lost: new Map(),
    onPrompt: () => {},
  });
  return { end, requests, asked: engine.asked };
}

describe('a translation that lacks a number of its text', () => {
  it('is made again with a request for it', async () => {
    const { end, requests } = await run('They were 45 in 2014.', [
      'Sie waren 45.',
      'Sie waren 2014 fünfundvierzig.',
    ]);
    expect(requests).toHaveLength(2);
    expect(requests[0]).not.toContain('Use:');
    expect(requests[1]).toContain('Use: 2014 = 2014.');
    expect(end).toMatchObject({ progress: { phase: 'done' }, text: 'Sie waren 2014 fünfundvierzig.' });
    expect(end.lost).toBeUndefined();
  });

  it('is sampled where the model misreads such a request', async () => {
    const { end, asked } = await run('They were 45.', ['Sie waren viele.', 'Sie waren 45.'], true);
    expect(asked.map(({ sampling }) => sampling?.temperature)).toEqual([0, 0.5]);
    expect(end.text).toBe('Sie waren 45.');
  });

  it('stays where the second is no better, and what is missing is reported', async () => {
    const { end } = await run('They were 45 in 2014.\n\nNothing.', [
      'Sie waren 45.',
      'Sie waren 46.',
      'Nichts.',
    ]);
    expect(end).toMatchObject({ text: 'Sie waren 45.\n\nNichts.', lost: ['2014'] });
  });

  it('is made once where nothing is missing', async () => {
    const { requests } = await run('At 3 pm, 3.5 million.', ['Um 15 Uhr 3,5 Mio.']);
    expect(requests).toHaveLength(1);
  });
});
