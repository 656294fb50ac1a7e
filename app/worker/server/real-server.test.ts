/**
 * The same questions to real servers, on demand:
 *
 *     transformers serve MODEL --port 8098            # or llama-server, Ollama, LM Studio, vLLM
 *     LINNET_SERVERS=http://127.0.0.1:8098,http://127.0.0.1:8080 npx vitest run real-server
 *
 * Where none is named, the tests are skipped and counted as such, and a line says so.
 */
import { expect, test } from 'vitest';
import { memoryStorage } from '../../../engine/index.ts';
import type { OwnServer } from '../../protocol/server/own-server.ts';
import { serverAddress } from '../../protocol/server/server-address.ts';
import { ServerService } from './server-service.ts';

const named = process.env.LINNET_SERVERS?.split(',').filter((url) => url !== '') ?? [];
if (named.length === 0) process.stdout.write('real servers: none named in LINNET_SERVERS, 1 test skipped\n');

async function open(url: string) {
  let server: OwnServer | undefined;
  const service = new ServerService({ server: () => server, storage: async () => memoryStorage(), fetch });
  const [model, ...others] = await service.models(url);
  server = {
    address: serverAddress(url).base,
    model: model!.id,
    ...(model!.context === undefined ? {} : { context: model!.context }),
    used: true,
  };
  return { service, server, models: [model!, ...others], set: (now: OwnServer) => (server = now) };
}

const question = (content: string) => ({ kind: 'messages', messages: [{ role: 'user', content }] }) as const;

test.skipIf(named.length === 0).each(named.length === 0 ? ['no server'] : named)(
  '%s lists its models, is tried, answers, is stopped, and refuses what it has not',
  async (url) => {
    const { service, server } = await open(url);
    const trial = await service.attempt(server);
    process.stdout.write(`${url}: ${server.model} answers after ${trial.milliseconds} ms: ${trial.answer}\n`);
    expect(trial.answer.length).toBeGreaterThan(0);

    const answerer = service.answerer(false)!;
    const pieces: string[] = [];
    const answer = await answerer.generate(
      { prompt: question('Count from one to five.'), maxTokens: 16 },
      { onEvent: (event) => event.kind === 'token' && pieces.push(event.text) },
    );
    process.stdout.write(`${url}: ${answer.ids.length} pieces, ${answer.stop}: ${answer.text}\n`);
    expect(pieces.length).toBeGreaterThan(1);
    expect(answer.text).toBe(pieces.join(''));

    const stop = new AbortController();
    const stopped = await answerer.generate(
      { prompt: question('Write a long story about a wren.'), maxTokens: 400 },
      { signal: stop.signal, onEvent: () => stop.abort() },
    );
    expect(stopped.stop).toBe('cancelled');
    expect(stopped.ids.length).toBeLessThan(20);

    const begun = 'One, two,';
    const messages = question('Count from one to ten.').messages;
    const more = await answerer.generate({ prompt: { kind: 'messages', messages, begun }, maxTokens: 8 });
    process.stdout.write(`${url}: ${begun} is continued by: ${more.text}\n`);

    const other = { ...server, model: 'no-such-model' };
    const refused = await service.attempt(other).then(
      ({ answer: text }) => `answers all the same: ${text}`,
      (error: { code?: string }) => error.code,
    );
    process.stdout.write(`${url}: another model: ${refused}\n`);
    await expect(service.models(new URL('/nothing', url).href)).rejects.toMatchObject({
      code: 'server-unlike',
    });
  },
);
