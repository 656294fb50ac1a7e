/** What a script inside a web page's process gets from Linnet: what the bubble needs, and nothing of a person's. */
import type { RequestKind, Topic } from '../../app/protocol/requests.ts';
import { requestAccess } from '../../app/protocol/edge/permissions.ts';
import { sampleRequests } from '../../app/testing/sample-requests.ts';
import { article, expect, test } from '../harness/index.ts';
import { ask, callLinnet } from '../story.ts';

const html = article('The linnet', [
  'A linnet is a small finch of the heath. It sings from a bush. '.repeat(4),
]);

interface Frame {
  readonly kind: string;
  readonly id?: number;
  readonly value?: unknown;
  readonly error?: { readonly code: string };
  readonly event?: unknown;
}

test('a content script reads no conversation, no glossary and no settings, and fetches nothing', async ({
  linnet,
  site,
}) => {
  const page = await linnet.open(site.page('/linnet', html));
  await callLinnet(linnet, page);
  const own = await linnet.open('options.html');
  await ask(own, 'put-terms', { entries: [{ term: 'heath', translation: 'Geheimnis', to: 'de' }] });
  const { job, conversation } = await ask(own, 'chat', {
    request: { kind: 'chat', text: 'A private question' },
    target: {},
  });
  await ask(own, 'stop', { job });
  const settings = await ask(own, 'settings', {});

  const samples = sampleRequests({ job, conversation: conversation!, model: 'm' });
  const address = site.page('/model', 'secret of the local network');
  const requests = (Object.keys(samples) as RequestKind[]).map((kind) => ({
    kind,
    ...samples[kind],
    ...(kind === 'import-address' || kind === 'preview-import' ? { address } : {}),
  }));
  const topics: Topic[] = [
    ...(['settings', 'models', 'conversations', 'glossary'] as const),
    `job:${job}`,
    `conversation:${conversation!}`,
  ];
  requests.push({ kind: 'watch', topics } as never);
  const before = site.requests.length;

  // The isolated world of a content script, as a page that took over its process would use it.
  const frames = await linnet.serviceWorker()!.evaluate(
    async ([sent, prefix]) => {
      const [tab] = (await chrome.tabs.query({})).filter(({ url }) => url?.startsWith(prefix));
      const [{ result }] = await chrome.scripting.executeScript({
        target: { tabId: tab!.id },
        args: [sent],
        func: (all) =>
          new Promise<never>((resolve) => {
            const frames: { readonly kind: string }[] = [];
            const port = chrome.runtime.connect({ name: 'linnet' });
            const isAnswer = ({ kind }: { readonly kind: string }) => kind === 'reply' || kind === 'refusal';
            port.onMessage.addListener((frame) => {
              frames.push(frame);
              if (frame.kind === 'hello')
                for (const [i, request] of all.entries()) port.postMessage({ id: i + 1, request });
              if (frames.filter(isAnswer).length === all.length) resolve(frames as never);
            });
          }),
      });
      return result;
    },
    [requests, page.url()] as const,
  );

  const [{ result: stored }] = await linnet.serviceWorker()!.evaluate(async (prefix) => {
    const [tab] = (await chrome.tabs.query({})).filter(({ url }) => url?.startsWith(prefix));
    return chrome.scripting.executeScript({
      target: { tabId: tab!.id },
      args: [null],
      func: () =>
        chrome.storage.local.get().then(
          () => 'open',
          () => 'closed',
        ),
    });
  }, page.url());
  expect(stored).toBe('closed');

  const answers = new Map((frames as Frame[]).map((frame) => [frame.id, frame]));
  const allowed = requests.filter((_, i) => answers.get(i + 1)!.kind === 'reply').map(({ kind }) => kind);
  const may = ['choose-language', 'languages', 'offer', 'read-ahead', 'set-rule', 'translate'];
  expect(allowed.toSorted()).toEqual(may);
  for (const [i, { kind }] of requests.entries())
    if (requestAccess[kind]['web-page'] === 'none')
      expect([kind, answers.get(i + 1)!.error?.code]).toEqual([kind, 'request-refused']);
  expect(JSON.stringify(frames)).not.toMatch(/private question|Geheimnis|secret of the local/i);
  expect(site.requests.slice(before)).toEqual([]);

  // Nothing was changed or lost; the language is the one that a page may choose.
  expect(await ask(own, 'conversations', { limit: 10 })).toMatchObject([{ id: conversation }]);
  expect(await ask(own, 'glossary', {})).toHaveLength(1);
  // Trials of the demo model may end meanwhile, so not all settings stay the same.
  const { style, prompts, pace, autoStart } = settings;
  const languages = { language: 'fr', secondLanguage: settings.language };
  expect(await ask(own, 'settings', {})).toMatchObject({ style, prompts, pace, autoStart, ...languages });
  expect(linnet.pageErrors).toEqual([]);
});

declare const chrome: {
  readonly tabs: { query(wanted: object): Promise<{ readonly id: number; readonly url?: string }[]> };
  readonly storage: { readonly local: { get(): Promise<object> } };
  readonly scripting: {
    executeScript<A, R>(options: {
      readonly target: { readonly tabId: number };
      readonly args: readonly [A];
      func(given: A): R;
    }): Promise<[{ readonly result: Awaited<R> }]>;
  };
  readonly runtime: {
    connect(options: { readonly name: string }): {
      postMessage(message: unknown): void;
      readonly onMessage: { addListener(listener: (frame: { readonly kind: string }) => void): void };
    };
  };
};
