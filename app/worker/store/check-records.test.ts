import { expect, it } from 'vitest';
import { chatJob } from '../../testing/builders.ts';
import { isJob, isPageText } from './check-records.ts';

const page = { url: '', title: '', dir: 'ltr', text: '', source: 'body' };
const text = { id: 'a', name: 'notes.txt', text: 'It sings.' };
const facts = { id: 'a', characters: 9 };

it('takes texts that are attached, and none that would throw where they are read', () => {
  const asked = (attached: unknown) => {
    const job = chatJob();
    return { ...job, request: { ...job.request, attached } };
  };
  for (const attached of [undefined, [], [text]]) expect(isPageText({ ...page, attached })).toBe(true);
  for (const attached of [undefined, [], [facts]]) expect(isJob(asked(attached))).toBe(true);
  for (const attached of [null, 'a', {}, [null], [{ id: 'a' }], [{ ...text, ...facts, name: 7 }]]) {
    expect(isPageText({ ...page, attached })).toBe(false);
    expect(isJob(asked(attached))).toBe(false);
  }
});
