/** Every kind of write that a person makes, once, in an order in which later ones change what earlier ones made. */
import { page, style } from '../../../app/testing/test-client.ts';
import type { WorkerUnderTest } from './worker-under-test.ts';

const gate = { from: 'en', to: 'de', term: 'gate', translation: 'Tor' };
const hen = { from: 'en', to: 'de', term: 'hen', translation: 'Henne' };

export async function day(worker: WorkerUnderTest): Promise<void> {
  await worker.write({ 'term/en>de/gate': 'Tor', 'term/en>de/hen': 'Henne' }, 'put-terms', {
    entries: [gate, hen],
  });
  await worker.write({ 'setting/idleMinutes': '7' }, 'set-settings', { settings: { idleMinutes: 7 } });
  const chat = await worker.answer('chat', { request: { kind: 'chat', text: 'Who sings?' }, target: {} });
  const summary = await worker.answer('summarise', { request: { kind: 'summary', style }, target: { page } });
  if (chat !== undefined) {
    const { conversation, job } = chat;
    await worker.answer('chat', { request: { kind: 'chat', text: 'And then?' }, target: { conversation } });
    await worker.answer('edit', { job, text: 'Who sang?' });
    await worker.write({ [`conversation/${conversation}/title`]: 'Songs' }, 'rename-conversation', {
      conversation,
      title: 'Songs',
    });
  }
  await worker.write({ 'prompt/instruct/tldr.short': 'Be brief.' }, 'change-task-prompt', {
    profile: 'instruct',
    task: 'tldr.short',
    text: 'Be brief.',
  });
  if (summary !== undefined) await deleteAndRestore(worker, summary.conversation);
  const gone = await worker.answer('chat', { request: { kind: 'chat', text: 'Forget this' }, target: {} });
  if (gone !== undefined) await remove(worker, gone.conversation);
  await worker.write({ 'term/en>de/hen': undefined }, 'remove-terms', { entries: [hen] });
  await worker.write({ 'setting/idleMinutes': undefined }, 'set-settings', {
    settings: {},
    unset: ['idleMinutes'],
  });
}

/** With all that is under it. */
async function remove(worker: WorkerUnderTest, conversation: string): Promise<void> {
  const { ledger } = worker;
  const key = `conversation/${conversation}`;
  const under = Object.fromEntries(ledger.keys(`${key}/`).map((each) => [each, undefined]));
  await worker.write({ [key]: undefined, ...under }, 'delete-conversation', { conversation });
}

async function deleteAndRestore(worker: WorkerUnderTest, conversation: string): Promise<void> {
  const { ledger } = worker;
  const key = `conversation/${conversation}`;
  const before = Object.fromEntries(
    [key, ...ledger.keys(`${key}/`)].map((each) => [each, ledger.value(each)]),
  );
  await remove(worker, conversation);
  await worker.write(before, 'restore-conversation', { conversation });
}
