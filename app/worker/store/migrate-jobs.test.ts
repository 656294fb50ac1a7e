import { describe, expect, it } from 'vitest';
import { isOver, partsLeft } from '../../protocol/types.ts';
import { migrateJob } from './migrate-jobs.ts';

/** Fields of every record of version 2. */
const stored = {
  id: 'j',
  conversation: 'c',
  tab: 3,
  createdAt: 1,
  updatedAt: 2,
  text: 'An answer.',
  model: 'Tiny',
};
const kept = {
  id: 'j',
  conversation: 'c',
  tab: 3,
  createdAt: 1,
  updatedAt: 2,
  text: 'An answer.',
  model: 'Tiny',
};
const style = { type: 'key-points', length: 'short' } as const;

describe('a job of version 2', () => {
  it('that is a summary keeps its passages, its rules and the language of its page', () => {
    const facts = {
      rules: ['points-cut'],
      passages: ['It sings.', null],
      pageLanguage: 'en',
      sought: [1],
      coverage: { used: 1, total: 2 },
    };
    const numbers = { tokens: 9, tokensPerSecond: 3, context: { prompt: 40, capacity: 400 } };
    const old = {
      ...stored,
      ...facts,
      ...numbers,
      ask: { kind: 'summary', style, language: 'de' },
      status: 'done',
      reading: { done: 40, total: 40, reused: 0 },
      cut: true,
    };
    expect(migrateJob(old, 'j')).toEqual({
      ...kept,
      ...facts,
      ...numbers,
      kind: 'summary',
      request: { kind: 'summary', style, language: 'de' },
      progress: { phase: 'done', cut: true },
    });
  });

  it('that was reading a long page can continue with its notes', () => {
    const rounds = [{ ends: [10, 20, 30], points: ['- One.'], cut: [0] }];
    const reading = { done: 5, total: 40, reused: 0 };
    const old = {
      ...stored,
      ask: { kind: 'summary', style, language: '' },
      status: 'reading',
      rounds,
      reading,
    };
    const job = migrateJob(old, 'j');
    expect(job).toEqual({
      ...kept,
      kind: 'summary',
      request: { kind: 'summary', style },
      progress: { phase: 'reading', prompt: reading },
      rounds,
    });
    expect([partsLeft(job), isOver(job)]).toEqual([true, false]);
  });

  it.each([
    ['queued', {}, { phase: 'queued' }],
    ['loading', {}, { phase: 'loading' }],
    [
      'writing',
      { thinking: true, reading: { done: 1, total: 1, reused: 1 } },
      { phase: 'writing', thinking: true },
    ],
    ['done', { onlyThought: true }, { phase: 'done', onlyThought: true }],
    ['done', { cut: false }, { phase: 'done' }],
    ['stopped', {}, { phase: 'stopped' }],
    ['interrupted', { thinking: true }, { phase: 'interrupted' }],
    ['failed', { error: { code: 'gpu-lost' } }, { phase: 'failed', error: { code: 'gpu-lost' } }],
    ['failed', {}, { phase: 'interrupted' }],
  ])('of a chat, %s with %j', (status, facts, progress) => {
    const own = {
      coverage: { used: 1, total: 2 },
      excerpts: { by: 'spread', ranges: [[0, 9]] },
      forgotten: 2,
    };
    const ask = { kind: 'chat', text: 'Does it sing?', alone: true };
    expect(migrateJob({ ...stored, ...own, ...facts, ask, status }, 'j')).toEqual({
      ...kept,
      ...own,
      kind: 'chat',
      request: ask,
      progress,
    });
  });

  it('that is a translation keeps its terms, and has no source language if that was empty', () => {
    const own = { part: { done: 1, total: 2 }, terms: [{ term: 'gate', translation: 'Tor', kept: true }] };
    const { conversation: _, ...loose } = { ...stored, looseAt: 2 };
    const ask = { kind: 'translation', text: 'An open gate.', language: 'de', from: '' };
    const { conversation: __, ...base } = kept;
    expect(migrateJob({ ...loose, ...own, ask, status: 'stopped', cut: true }, 'j')).toEqual({
      ...base,
      ...own,
      looseAt: 2,
      kind: 'translation',
      request: { kind: 'translation', text: 'An open gate.', language: 'de' },
      progress: { phase: 'stopped', cut: true },
    });
  });

  it('that cannot be understood stays readable as text', () => {
    const strange = [
      { ...stored, ask: { kind: 'poem', text: 'Sing!' }, status: 'done' },
      { ...stored, ask: { kind: 'chat', text: 'Sing!' }, status: 'dancing' },
      { ...stored, ask: { kind: 'summary', text: 'Sing!' }, status: 'done' },
      { ...stored, ask: { kind: 'chat', text: 'Sing!' }, status: 'done', rounds: [{}] },
    ];
    for (const old of strange)
      expect(migrateJob(old, 'j')).toEqual({
        ...kept,
        kind: 'chat',
        request: { kind: 'chat', text: 'Sing!' },
        progress: { phase: 'interrupted' },
      });
    for (const nothing of [undefined, null, 'text', {}, { ask: null, text: 7 }])
      expect(migrateJob(nothing, 'j')).toMatchObject({
        id: 'j',
        kind: 'chat',
        request: { text: '' },
        text: '',
      });
  });

  it('is left unchanged if it has been migrated', () => {
    const job = migrateJob({ ...stored, ask: { kind: 'chat', text: 'Hm?' }, status: 'done' }, 'j');
    expect(migrateJob(job, 'j')).toBe(job);
  });
});
