import { expect, it } from 'vitest';
import { profiles } from './choose-profile.ts';
import { changePrompt, taskPrompts, withOwnPrompts } from './own-prompts.ts';
import { summaryPrompt } from './prompts.ts';

const instruct = profiles.find(({ id }) => id === 'instruct')!;
const found = (changed = {}) => Object.fromEntries(taskPrompts(instruct, changed).map((p) => [p.task, p]));

it('lists a request for each kind and length of summary, for notes and for translations', () => {
  expect(taskPrompts(instruct)).toHaveLength(4 * 3 + 2);
  expect(found().translation).toMatchObject({ place: '{language}' });
  expect(found()['tldr.short']).not.toHaveProperty('original');
});

it('uses changed words for that task alone, and keeps form and limits', () => {
  const changed = changePrompt({}, instruct, 'tldr.short', ' Say it briefly. ');
  expect(changed).toEqual({ instruct: { 'tldr.short': 'Say it briefly.' } });
  const own = withOwnPrompts(instruct, changed.instruct);
  const before = summaryPrompt(instruct, { type: 'tldr', length: 'short' });
  expect(summaryPrompt(own, { type: 'tldr', length: 'short' })).toEqual({
    ...before,
    request: 'Say it briefly.',
  });
  expect(own.summary['key-points']).toEqual(instruct.summary['key-points']);
  expect(found(changed.instruct)['tldr.short']).toMatchObject({ original: before.request });
});

it('goes back to the original, also where the same words are typed', () => {
  const changed = changePrompt({}, instruct, 'notes', 'Facts!');
  expect(changePrompt(changed, instruct, 'notes', undefined)).toEqual({ instruct: {} });
  expect(changePrompt(changed, instruct, 'notes', instruct.notes.request)).toEqual({ instruct: {} });
});

it('refuses an empty request, and a translation that names no language', () => {
  expect(() => changePrompt({}, instruct, 'notes', ' ')).toThrow(/some words/);
  expect(() => changePrompt({}, instruct, 'translation', 'Translate.')).toThrow(/\{language\}/);
});
