/** A job whose answer is taken back in part. */
import { expect, test, vi } from 'vitest';
import type { ServerEvent } from '../../protocol/requests.ts';
import { summaryJob } from '../../testing/builders.ts';
import { RunningJob } from './running-job.ts';

test('pages and store get the text that remains after a rewind', () => {
  vi.useFakeTimers();
  try {
    const sent: ServerEvent[] = [];
    const job = new RunningJob(summaryJob({ progress: { phase: 'loading' } }), {
      notify: (event) => sent.push(event),
      save: async () => {},
      now: () => 0,
    });
    job.set({ text: '- Notes.\n\n', tokens: 0, progress: { phase: 'reading' } });
    for (const text of ['- One', ' bird', ' <p>']) job.take({ kind: 'token', id: 1, text });
    vi.advanceTimersByTime(100);
    job.take({ kind: 'rewind', length: '- One bird'.length });
    job.take({ kind: 'token', id: 2, text: ' sings.' });
    vi.advanceTimersByTime(100);
    expect(job.job.text).toBe('- Notes.\n\n- One bird sings.');
    const last = sent.at(-1);
    expect(last).toMatchObject({ kind: 'job', job: { text: '- Notes.\n\n- One bird sings.' } });
    job.take({ kind: 'token', id: 3, text: ' Loud' });
    vi.advanceTimersByTime(100);
    expect(sent.at(-1)).toMatchObject({
      kind: 'delta',
      at: '- Notes.\n\n- One bird sings.'.length,
      text: ' Loud',
    });
  } finally {
    vi.useRealTimers();
  }
});

test('a job that is over does not go on, and can still be amended', () => {
  const job = new RunningJob(summaryJob({ progress: { phase: 'loading' } }), {
    notify: () => {},
    save: async () => {},
    now: () => 0,
  });
  job.set({ progress: { phase: 'stopped' }, text: 'So far.' });
  job.set({ progress: { phase: 'reading' }, text: '' });
  job.take({ kind: 'prefill', done: 1, total: 2, reused: 0 });
  job.take({ kind: 'token', id: 1, text: ' More.' });
  job.set({ ...job.job, model: 'Tiny' });
  expect(job.job).toMatchObject({ progress: { phase: 'stopped' }, text: 'So far.', model: 'Tiny' });
});

test('words that are no part of the answer count, and are not in its text', () => {
  const job = new RunningJob(summaryJob({ progress: { phase: 'reading' }, text: '' }), {
    notify: () => {},
    save: async () => {},
    now: () => 0,
  });
  job.begin('- ', true);
  for (const text of ['A', ' note']) job.take({ kind: 'token', id: 1, text });
  job.take({ kind: 'rewind', length: 1 });
  expect(job.job).toMatchObject({ text: '', tokens: 2, progress: { phase: 'writing' } });
  job.begin('- ');
  job.take({ kind: 'token', id: 1, text: 'An answer' });
  expect(job.job.text).toBe('- An answer');
});
