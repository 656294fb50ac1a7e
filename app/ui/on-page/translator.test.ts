import { describe, expect, it } from 'vitest';
import type { Client } from '../../protocol/client.ts';
import type { RequestKind, ServerEvent } from '../../protocol/requests.ts';
import type { Job, JobPhase } from '../../protocol/types.ts';
import { Translator } from './translator.ts';

const soon = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Sets up a translator with a client whose events the test sends. */
function setUp() {
  let emit: (event: ServerEvent) => void = () => {};
  let setConnected: (up: boolean) => void = () => {};
  const requests: (readonly [RequestKind, object])[] = [];
  let jobs = 0;
  const client = {
    request: async (kind: RequestKind, send: object) => {
      requests.push([kind, send]);
      return kind === 'translate' ? { job: `job${++jobs}` } : { language: 'de' };
    },
    watch: () => {},
    onEvent: (listener: typeof emit) => {
      emit = listener;
    },
    onConnection: (listener: typeof setConnected) => {
      setConnected = listener;
    },
    close: () => {},
  } as unknown as Client;
  const job = (id: string, phase: JobPhase, text: string) =>
    emit({ kind: 'job', job: { id, progress: { phase }, text } as Job });
  return {
    translator: new Translator(() => client),
    requests,
    job,
    emit: (event: ServerEvent) => emit(event),
    setConnected: (up: boolean) => setConnected(up),
  };
}

const request = { kind: 'translation', text: 'One', language: 'de' } as const;
const send = { request };

describe('Translator', () => {
  it('reports the text of a job while it is written, and its end', async () => {
    const { translator, job, emit } = setUp();
    const seen: string[] = [];
    const end = translator.translate(send, ({ text }) => void seen.push(text));
    await soon();
    job('job1', 'writing', 'Ei');
    emit({ kind: 'delta', job: 'job1', at: 2, text: 'ns', tokens: 2, tokensPerSecond: 1 });
    job('job1', 'done', 'Eins.');
    expect((await end)?.text).toBe('Eins.');
    expect(seen).toEqual(['Ei', 'Eins', 'Eins.']);
  });

  it('stops the current translation for the next one, and keeps its text', async () => {
    const { translator, requests, job } = setUp();
    const first = translator.translate(send, () => {});
    await soon();
    job('job1', 'writing', 'Ei');
    const second = translator.translate({ request: { ...request, text: 'Two' } }, () => {});
    expect(await first).toMatchObject({ progress: { phase: 'stopped' }, text: 'Ei' });
    await soon();
    job('job2', 'done', 'Zwei');
    expect((await second)?.text).toBe('Zwei');
    expect(requests.filter(([kind]) => kind === 'stop')).toEqual([['stop', { job: 'job1' }]]);
  });

  it('stops a job that it has just requested', async () => {
    const { translator, requests } = setUp();
    const job = translator.translate(send, () => {});
    translator.stop();
    expect(await job).toBeUndefined();
    expect(requests.at(-1)).toEqual(['stop', { job: 'job1' }]);
  });

  it('requests the whole state after a missed event', async () => {
    const { translator, requests, emit } = setUp();
    void translator.translate(send, () => {});
    await soon();
    emit({ kind: 'delta', job: 'job1', at: 9, text: 'x', tokens: 1, tokensPerSecond: 1 });
    expect(requests.at(-1)).toEqual(['resync', { topic: 'job:job1' }]);
  });

  it('rejects if the connection closes during a passing job', async () => {
    const { translator, setConnected } = setUp();
    const job = translator.translate({ ...send, passing: true }, () => {});
    await soon();
    setConnected(false);
    await expect(job).rejects.toMatchObject({ code: 'engine-unreachable' });
  });

  it('requests the languages once, and follows changes', async () => {
    const { translator, requests, emit } = setUp();
    expect((await translator.languages()).language).toBe('de');
    emit({ kind: 'languages', languages: { language: 'fr' } });
    expect((await translator.languages()).language).toBe('fr');
    expect(requests).toHaveLength(1);
  });
});
