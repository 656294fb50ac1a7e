/** Pages of sites that a person summarises often are read when they have come to rest; what is remembered of them can go. */
import { expect, it, vi } from 'vitest';
import type { ReportedRules } from '../../protocol/page/page-rules.ts';
import type { Sender } from '../../protocol/sender.ts';
import type { Settings } from '../../protocol/types.ts';
import { fakeEngine, tinyModel } from '../../testing/fake-engine.ts';
import { diskStore, page, soon, style, TestClient } from '../../testing/test-client.ts';
import { AppWorker } from '../worker.ts';

const power = { charging: true, level: 1, phone: false };
const tab: Sender = { role: 'web-page', incognito: false, tab: 3, frame: 0, url: page.url };

/** A worker in which the person has summarised `times` pages of a site, each in its own conversation. */
async function summarised({ times = 3, settings = {} as Partial<Settings>, isPrivate = false } = {}) {
  const engine = fakeEngine([{ ...tinyModel, contextLength: 4000 }]);
  const reported: ReportedRules[] = [];
  const worker = new AppWorker({ engine, store: diskStore(), onRules: (rules) => reported.push(rules) });
  const viewer = new TestClient(worker);
  await viewer.request('set-settings', { settings: { style, ...settings } });
  const conversations: string[] = [];
  for (let i = 0; i < times; i++) {
    const own = { ...page, url: `https://www.example.org/${i}` };
    const asked = await viewer.summarise({ page: own, style, ...(isPrivate ? { private: true } : {}) });
    conversations.push(asked.conversation!);
    await viewer.watch(`job:${asked.job}`);
    await viewer.over(asked.job);
  }
  await soon(10);
  const known = async () => (await viewer.request('settings', {})).summarised ?? [];
  return { engine, worker, viewer, conversations, known, often: () => reported.at(-1)?.often };
}

it('reads the page by the prompt that a summary then asks with', async () => {
  const { engine, worker, viewer, often } = await summarised();
  expect(often()).toEqual(['example.org']);
  const rested = { ...page, text: 'The siskin is a small finch, too.' };
  const resting = new TestClient(worker, tab);
  expect(await resting.request('read-ahead', { power })).toBe(true);
  await resting.request('read-ahead', { page: rested, power });
  await vi.waitFor(() => expect(engine.reads).toHaveLength(1));
  const { job } = await viewer.summarise({ page: rested, style });
  await viewer.watch(`job:${job}`);
  await viewer.over(job);
  expect(engine.reads).toEqual([engine.asked.at(-1)?.prompt]);
});

it.each<[string, Parameters<typeof summarised>[0], Sender, string]>([
  ['of a site that is summarised seldom', { times: 2 }, tab, page.url],
  ['in a frame', {}, { ...tab, frame: 1 }, page.url],
  ['in a private window', {}, { ...tab, incognito: true }, page.url],
  ['of another site than the sender’s', {}, { ...tab, url: 'https://other.example/' }, page.url],
  ['that says it is of another site', {}, tab, 'https://other.example/'],
])('reads no page %s', async (_, done, sender, url) => {
  const { engine, worker } = await summarised(done);
  await new TestClient(worker, sender).request('read-ahead', { page: { ...page, url }, power });
  await soon(20);
  expect(engine.reads).toEqual([]);
});

it('loads no model for it, and says so before the page is read', async () => {
  const { engine, worker, viewer } = await summarised();
  await viewer.request('unload', {});
  const resting = new TestClient(worker, tab);
  expect(await resting.request('read-ahead', { power })).toBe(false);
  await resting.request('read-ahead', { page, power });
  await soon(20);
  expect([engine.loads, engine.reads]).toEqual([1, []]);
});

it.each<[string, Parameters<typeof summarised>[0]]>([
  ['private windows', { isPrivate: true }],
  ['sites that are never kept', { settings: { neverKept: ['example.org'] } }],
  ['anything while nothing is kept', { settings: { keepFor: 'session' } }],
  ['anything while reading ahead is turned off', { settings: { readAhead: 'never' } }],
])('remembers no site of %s', async (_, done) => {
  const { known, often } = await summarised(done);
  expect([await known(), often()]).toEqual([[], []]);
});

it.each<[string, Partial<Settings>]>([
  ['the site is never kept', { neverKept: ['example.org'] }],
  ['nothing is kept', { keepFor: 'session' }],
  ['reading ahead is turned off', { readAhead: 'never' }],
])('forgets when %s from now on', async (_, settings) => {
  const { viewer, known, often } = await summarised();
  await viewer.request('set-settings', { settings });
  expect([await known(), often()]).toEqual([[], []]);
});

it('forgets a summary with its conversation, and all with the settings', async () => {
  const { worker, viewer, conversations, known, often } = await summarised();
  await worker.conversations.expire([conversations[0]!], Number.POSITIVE_INFINITY);
  expect((await known()).map(({ conversation }) => conversation)).toEqual(conversations.slice(1));
  expect(often()).toEqual([]);
  await viewer.request('erase', { models: false });
  expect(await known()).toEqual([]);
});
