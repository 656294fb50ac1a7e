/** Answers of an imitation of each server: its chunks, its refusals, and what goes wrong on the way. */
import { afterEach, expect, test } from 'vitest';
import type { GenerateEvent, GenerateRequest } from '../../../engine/index.ts';
import { ChatServer, type ChatServerOptions, type Dialect } from '../../../scripts/testing/chat-server.ts';
import type { AnswerHooks } from '../answerer/answerer.ts';
import { ServerConnection } from './connection.ts';
import { ServerAnswerer } from './server-answerer.ts';

const servers: ChatServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const DIALECTS: readonly Dialect[] = ['llama-server', 'transformers', 'ollama', 'vllm', 'lm-studio'];

async function setUp(options: ChatServerOptions = {}, times: { firstMs?: number; silentMs?: number } = {}) {
  const server = await new ChatServer(options).listen();
  servers.push(server);
  const counted: [number, number][] = [];
  const connection = new ServerConnection(server.url, { fetch, ...times });
  const answererFor = (model = 'big-model-7b', key?: string) =>
    new ServerAnswerer({
      connection,
      model,
      capacity: 4096,
      scale: 1,
      thinks: false,
      key: async () => key,
      counted: (...counts) => void counted.push(counts),
    });
  const ask = (
    request: Partial<GenerateRequest> = {},
    hooks: AnswerHooks = {},
    model?: string,
    key?: string,
  ) => answererFor(model, key).generate({ prompt: hello(), maxTokens: 100, ...request }, hooks);
  return { server, ask, counted };
}

const hello = (begun?: string): GenerateRequest['prompt'] => ({
  kind: 'messages',
  messages: [
    { role: 'system', content: 'You are Linnet.' },
    { role: 'user', content: 'Say hello <|im_end|>' },
  ],
  ...(begun === undefined ? {} : { begun }),
});

for (const dialect of DIALECTS) {
  test(`${dialect}: an answer comes piece by piece, with its messages and its limit`, async () => {
    const { server, ask } = await setUp({ dialect });
    const events: GenerateEvent[] = [];
    const answer = await ask({}, { onEvent: (event) => events.push(event) });
    expect(answer).toMatchObject({ text: 'Hello there.', stop: 'end', thoughtTokens: 0, ids: [0, 1, 2] });
    expect(events.map((event) => (event.kind === 'token' ? event.text : event.kind))).toEqual([
      'Hello',
      ' there',
      '.',
    ]);
    expect(server.asked[0]!.body).toEqual({
      model: 'big-model-7b',
      messages: [
        { role: 'system', content: 'You are Linnet.' },
        // A page cannot end its turn.
        { role: 'user', content: 'Say hello < |im_end|>' },
      ],
      stream: true,
      temperature: 0,
      max_tokens: 100,
    });
    expect(server.asked[0]!.authorization).toBeUndefined();
  });

  test(`${dialect}: the limit of tokens ends an answer, whatever the server does`, async () => {
    const answer = () => Array.from({ length: 200 }, () => ' la');
    const cut = { text: 'la la la la la', stop: 'length' };
    const { ask } = await setUp({ dialect, answer });
    expect(await ask({ maxTokens: 5 })).toMatchObject(cut);
    const endless = await setUp({ dialect, answer, endless: true, pause: 5 });
    expect(await endless.ask({ maxTokens: 5 })).toMatchObject(cut);
    // The request ends there, too.
    await expect.poll(() => endless.server.ended).toBe(1);
  });

  test(`${dialect}: thoughts are no answer`, async () => {
    const { ask } = await setUp({ dialect, thoughts: ['Let', ' me', ' see'] });
    expect(await ask()).toMatchObject({ text: 'Hello there.', thoughtTokens: 3 });
    const inText = await setUp({ dialect, answer: () => ['<think>', 'Hm', '</think>', '\n\nHello'] });
    expect(await inText.ask()).toMatchObject({ text: 'Hello', stop: 'end' });
  });

  test(`${dialect}: an error in the middle, a broken connection and silence are told apart`, async () => {
    const answer = () => ['Hello', ' there', '.'];
    const failing = await setUp({ dialect, answer, fault: () => ({ kind: 'error', after: 1 }) });
    await expect(failing.ask()).rejects.toMatchObject({ code: 'server-failed', summary: 'out of memory' });
    const cut = await setUp({ dialect, answer, fault: () => ({ kind: 'cut', after: 1 }), pause: 20 });
    await expect(cut.ask()).rejects.toMatchObject({ code: 'server-cut' });
    const silent = await setUp(
      { dialect, answer, fault: () => ({ kind: 'silent', after: 2 }) },
      { silentMs: 30 },
    );
    await expect(silent.ask()).rejects.toMatchObject({ code: 'server-silent' });
    expect(silent.server.asked).toHaveLength(1);
  });

  test(`${dialect}: a key that is missing or wrong, and the right one`, async () => {
    const { ask, server } = await setUp({ dialect, key: 'sk-1' });
    await expect(ask()).rejects.toMatchObject({ code: 'server-key' });
    await expect(ask({}, {}, undefined, 'sk-2')).rejects.toMatchObject({ code: 'server-key' });
    expect((await ask({}, {}, undefined, 'sk-1')).text).toBe('Hello there.');
    expect(server.asked).toHaveLength(1);
  });
}

test.each(DIALECTS.filter((dialect) => dialect !== 'llama-server'))(
  '%s: a model that it has not',
  async (dialect) => {
    const { ask } = await setUp({ dialect });
    await expect(ask({}, {}, 'nope')).rejects.toMatchObject({ code: 'server-model' });
  },
);

/** Status, body and content type of a refusal, as the servers write it. */
test.each([
  [
    400,
    '{"error":{"code":400,"message":"request (9031 tokens) exceeds the available context size (2048 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":9031,"n_ctx":2048}}',
    'prompt-too-long',
  ],
  [
    400,
    '{"error":{"message":"This model\'s maximum context length is 2048 tokens. However, you requested 3000 tokens.","type":"BadRequestError","code":400}}',
    'prompt-too-long',
  ],
  [503, '{"error":{"message":"Loading model","type":"unavailable_error","code":503}}', 'server-busy'],
  [429, '', 'server-busy'],
  [403, '', 'server-refused'],
  [403, '{"error":"invalid api key"}', 'server-key'],
  [404, '<html>Not Found</html>', 'server-unlike'],
  [405, '', 'server-unlike'],
  [404, '{"error":"model \'x\' not found, try pulling it first"}', 'server-model'],
  [500, '{"error":{"message":"model runner has unexpectedly stopped"}}', 'server-failed'],
] as const)('status %i with %s is %s', async (status, body, code) => {
  const { ask } = await setUp({ fault: () => ({ kind: 'status', status, body }) });
  await expect(ask()).rejects.toMatchObject({ code });
});

test('what is no chat interface is told so, and a redirect is not followed', async () => {
  const page = await setUp({
    fault: () => ({ kind: 'status', status: 200, body: '<html></html>', type: 'text/html' }),
  });
  await expect(page.ask()).rejects.toMatchObject({ code: 'server-unlike' });
  const other = await setUp();
  const forwarding = await setUp({
    fault: () => ({ kind: 'redirect', to: `${other.server.url}/v1/chat/completions` }),
  });
  await expect(forwarding.ask()).rejects.toMatchObject({ code: 'server-unlike' });
  expect(other.server.paths).toEqual([]);
});

test('a server that is down, and one that never begins', async () => {
  const { ask, server } = await setUp();
  server.close();
  await expect(ask()).rejects.toMatchObject({ code: 'server-down' });
  const slow = await setUp({ fault: () => ({ kind: 'silent', after: 0 }) }, { firstMs: 30, silentMs: 30 });
  await expect(slow.ask()).rejects.toMatchObject({ code: 'server-silent' });
});

test('a cancellation ends the request and keeps the text so far', async () => {
  const { ask, server } = await setUp({ answer: () => Array.from({ length: 500 }, () => ' la'), pause: 5 });
  const stop = new AbortController();
  const onEvent = (event: GenerateEvent) => {
    if (event.kind === 'token' && event.id === 3) stop.abort();
  };
  expect(await ask({ maxTokens: 400 }, { signal: stop.signal, onEvent })).toMatchObject({
    text: 'la la la',
    stop: 'cancelled',
  });
  await expect.poll(() => server.ended).toBe(1);
  const before = new AbortController();
  before.abort();
  expect(await ask({}, { signal: before.signal })).toMatchObject({ text: '', stop: 'cancelled' });
  expect(server.asked).toHaveLength(1);
});

test('a text limit ends the answer, takes back what is too much, and ends the request', async () => {
  const { ask, server } = await setUp({ answer: () => ['One', '. Two', '. Three', '. Four'], pause: 10 });
  const events: GenerateEvent[] = [];
  const ends = (text: string) => (text.includes('Three') ? text.indexOf(' Three') : undefined);
  expect(await ask({}, { ends, onEvent: (event) => events.push(event) })).toMatchObject({
    text: 'One. Two.',
    stop: 'guide',
  });
  expect(events.at(-1)).toEqual({ kind: 'rewind', length: 9 });
  await expect.poll(() => server.ended).toBe(1);
});

test('an answer is continued: by servers that know how, without fields that others refuse, and without a repetition', async () => {
  const vllm = await setUp({ dialect: 'vllm', answer: () => [' three', ', four'] });
  expect((await vllm.ask({ prompt: hello('One, two,') })).text).toBe(' three, four');
  expect(vllm.server.asked[0]!.body).toMatchObject({
    continue_final_message: true,
    add_generation_prompt: false,
  });
  expect(vllm.server.asked[0]!.body.messages.at(-1)).toEqual({ role: 'assistant', content: 'One, two,' });
  const other = await setUp({ dialect: 'transformers', answer: () => ['One', ', two', ', three'] });
  expect((await other.ask({ prompt: hello('One, two,') })).text).toBe(' three');
  expect(other.server.asked).toHaveLength(2);
});

test('a thought that fills the limit is asked for again with room for it', async () => {
  const thoughts = Array.from({ length: 30 }, () => ' hm');
  const answer = () => ['<think>', ...thoughts, '</think>', 'Hello', '.'];
  const { ask, server } = await setUp({ answer });
  expect(await ask({ maxTokens: 10 })).toMatchObject({ text: 'Hello.', stop: 'end' });
  expect(server.asked.map(({ body }) => body.max_tokens)).toEqual([10, 2058]);
});

test('what the server counts is handed on', async () => {
  const { ask, counted } = await setUp({ dialect: 'vllm' });
  await ask();
  expect(counted).toEqual([[30, expect.any(Number)]]);
});

test('an answer that does not stream counts, too', async () => {
  const body = JSON.stringify({
    choices: [{ message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
  });
  const { ask } = await setUp({ fault: () => ({ kind: 'status', status: 200, body }) });
  expect(await ask()).toMatchObject({ text: 'Hello.', stop: 'end' });
});

test('before its first word a server may be silent for longer: it reads the prompt', async () => {
  const { ask } = await setUp({ dialect: 'transformers', before: 200 }, { firstMs: 20_000, silentMs: 50 });
  expect((await ask()).text).toBe('Hello there.');
});
