import { describe, expect, it } from 'vitest';
import type { TranslationRequest } from '../../protocol/types.ts';
import { setUp, TestClient } from '../../testing/test-client.ts';

const request: TranslationRequest = {
  kind: 'translation',
  text: 'gorse',
  from: 'en',
  language: 'de',
  sentence: 'It nests in gorse.',
};
const webPage = {
  role: 'web-page',
  incognito: false,
  tab: 4,
  frame: 0,
  url: 'https://example.org/a',
  document: 'D1',
} as const;

async function translated(change: Partial<Omit<typeof webPage, 'incognito'>> & { incognito?: boolean } = {}) {
  const { worker, viewer } = setUp();
  const client = new TestClient(worker, { ...webPage, ...change });
  const { job } = await client.request('translate', { request });
  await client.watch(`job:${job}`);
  await client.over(job, 'translation');
  return { worker, viewer, client, job };
}

describe('keeping a word', () => {
  it('stores what the worker knows of the translation, and takes it back', async () => {
    const { viewer, client, job } = await translated();
    await client.request('keep-word', { job });
    const [kept] = await viewer.request('words', {});
    expect(kept).toMatchObject({
      word: 'gorse',
      sentence: 'It nests in gorse.',
      url: 'https://example.org/a',
      from: 'en',
      to: 'de',
    });
    expect(kept!.translation).not.toBe('');
    await client.request('drop-word', { job });
    expect(await viewer.request('words', {})).toEqual([]);
  });

  it('does not take back a word that was in the list before', async () => {
    const { viewer, client, job } = await translated();
    await client.request('keep-word', { job });
    await viewer.request('words', {});
    const again = await client.request('translate', { request });
    await client.watch(`job:${again.job}`);
    await client.over(again.job, 'translation');
    // The fake engine's answers differ, so the word is put there by hand.
    const { text } = client.jobs.get(again.job)!;
    const known = { word: 'gorse', translation: text, from: 'en', to: 'de', keptAt: 1 };
    await viewer.request('put-words', { words: [known] });
    await client.request('keep-word', { job: again.job });
    await client.request('drop-word', { job: again.job });
    expect((await viewer.request('words', {})).map(({ translation }) => translation)).toContain(text);
  });

  it('keeps nothing of a private window', async () => {
    const { viewer, client, job } = await translated({ incognito: true });
    await expect(client.request('keep-word', { job })).rejects.toMatchObject({ code: 'request-refused' });
    expect(await viewer.request('words', {})).toEqual([]);
  });

  it('keeps neither sentence nor address where nothing of a page is stored', async () => {
    const { worker, viewer } = setUp();
    await viewer.request('set-settings', { settings: { neverKept: ['example.org'] } });
    const client = new TestClient(worker, webPage);
    const { job } = await client.request('translate', { request });
    await client.watch(`job:${job}`);
    await client.over(job, 'translation');
    await client.request('keep-word', { job });
    const [kept] = await viewer.request('words', {});
    expect(kept).toMatchObject({ word: 'gorse', to: 'de' });
    expect(JSON.stringify(kept)).not.toMatch(/example|nests/);
  });

  it('is sent to pages of Linnet, and erased with the glossary', async () => {
    const { viewer, client, job } = await translated();
    await client.request('keep-word', { job });
    await viewer.request('erase', { models: false });
    expect(await viewer.request('words', {})).toHaveLength(1);
    await viewer.request('erase', { models: true });
    expect(await viewer.request('words', {})).toEqual([]);
  });
});

describe('setting a rule', () => {
  it('is about the sender’s own site on a web page, and says which rule was there', async () => {
    const { viewer, client } = await translated();
    expect(await client.request('set-rule', { about: { kind: 'site' }, rule: 'never' })).toEqual({});
    // What it names is left out: the site is the sender's.
    const about = { kind: 'site', url: 'https://other.org/' } as const;
    expect(await client.request('set-rule', { about, rule: 'always' })).toEqual({ before: 'never' });
    expect((await viewer.request('settings', {})).siteRules).toEqual({ 'example.org': 'always' });
    await viewer.request('set-rule', { about: { kind: 'site', url: 'https://example.org/' } });
    expect((await viewer.request('settings', {})).siteRules).toBeUndefined();
  });

  it('is refused for the site of a private window; a language names no site', async () => {
    const { viewer, client } = await translated({ incognito: true });
    await expect(
      client.request('set-rule', { about: { kind: 'site' }, rule: 'always' }),
    ).rejects.toMatchObject({ code: 'request-refused' });
    await client.request('set-rule', { about: { kind: 'language', language: 'nl' }, rule: 'never' });
    expect((await viewer.request('settings', {})).languageRules).toEqual({ nl: 'never' });
  });
});
