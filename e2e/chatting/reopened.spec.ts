/** A conversation that is opened again after a restart of the browser continues from the rows that were saved of it. */
import { article, expect, type Page, test } from '../harness/index.ts';
import type { Job, PageText, PromptProgress } from '../../app/protocol/types.ts';
import { stories } from '../demo-world.ts';
import { ask, demoModel } from '../story.ts';

const page: PageText = {
  url: 'https://example.org/story',
  title: 'A story',
  lang: 'en',
  dir: 'ltr',
  source: 'main',
  text: stories
    .slice(0, 6)
    .map(([, ...paragraphs]) => paragraphs.join('\n\n'))
    .join('\n\n'),
};

test('after a restart only the new question is read', { tag: '@rare' }, async ({ linnet, site }) => {
  site.page('/', article('A story', ['It begins.']));
  const popup = await demoModel(linnet);
  const first = await answered(popup, { text: 'Who is it about?', page });
  expect(first.prompt.reused).toBeLessThan(first.prompt.total / 4);
  // The rows are saved once the worker has been idle for some seconds.
  await expect.poll(() => savedPrefixes(popup)).toBe(1);
  await linnet.restart();
  const again = await linnet.open('popup.html');
  // The engine's page exists once it has answered.
  await ask(again, 'settings', {});
  const second = await answered(again, { text: 'Where is it?', conversation: first.conversation });
  expect(second.prompt.total).toBeGreaterThan(first.prompt.total);
  expect(second.prompt.total - second.prompt.reused).toBeLessThan(first.prompt.total / 4);
  // What is saved of a conversation goes with it.
  await ask(again, 'erase', { models: false });
  expect(await savedPrefixes(again)).toBe(0);
});

/** Counts the prefixes that are saved whole: the index has the bytes of a file once it is written. */
function savedPrefixes(extensionPage: Page): Promise<number> {
  return extensionPage.evaluate(async () => {
    try {
      const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('linnet');
      const folder = await root.getDirectoryHandle('prefixes');
      const index = await (await folder.getFileHandle('index.json')).getFile();
      return (JSON.parse(await index.text()) as { bytes: number }[]).filter(({ bytes }) => bytes > 0).length;
    } catch {
      return 0;
    }
  });
}

interface Answered {
  readonly conversation: string;
  readonly prompt: PromptProgress;
}

/** Asks a question and resolves to what was read of its prompt. */
function answered(
  extensionPage: Page,
  { text, ...target }: { text: string; page?: PageText; conversation?: string },
): Promise<Answered> {
  return extensionPage.evaluate(
    ({ text, target }) =>
      new Promise<Answered>((resolve) => {
        const port = chrome.runtime.connect({ name: 'linnet' });
        let conversation = '';
        let prompt = { done: 0, total: 0, reused: 0 };
        let next = 1;
        const post = (request: object) => port.postMessage({ id: next++, request });
        port.onMessage.addListener((frame: Frame) => {
          if (frame.kind === 'hello') post({ kind: 'chat', request: { kind: 'chat', text }, target });
          if (frame.kind === 'reply' && frame.id === 1) {
            const started = frame.value as { job: string; conversation: string };
            conversation = started.conversation;
            post({ kind: 'watch', topics: [`job:${started.job}`] });
          }
          if (frame.kind !== 'event') return;
          const { progress } = frame.event.job ?? {};
          if (progress?.phase === 'reading') prompt = progress.prompt ?? prompt;
          if (progress === undefined || !['done', 'stopped', 'failed'].includes(progress.phase)) return;
          port.disconnect();
          resolve({ conversation, prompt });
        });
      }),
    { text, target },
  );
}

type Frame =
  | { readonly kind: 'hello' }
  | { readonly kind: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'event'; readonly event: { readonly job?: Job } };

declare const chrome: {
  readonly runtime: {
    connect(options: { name: string }): {
      postMessage(message: unknown): void;
      disconnect(): void;
      readonly onMessage: { addListener(listener: (frame: Frame) => void): void };
    };
  };
};
