import { describe, expect, it } from 'vitest';
import type { Client } from '../../protocol/client.ts';
import type { RequestKind, ServerEvent } from '../../protocol/requests.ts';
import type { Job, JobStatus } from '../../protocol/types.ts';
import { Translator } from './translator.ts';

const soon = () => new Promise((resolve) => setTimeout(resolve, 0));

/** An engine that does what the test says. */
function setUp() {
  let hear: (event: ServerEvent) => void = () => {};
  let line: (up: boolean) => void = () => {};
  const asked: (readonly [RequestKind, object])[] = [];
  let jobs = 0;
  const client = {
    request: async (kind: RequestKind, send: object) => {
      asked.push([kind, send]);
      return kind === 'translate' ? { job: `job${++jobs}` } : { language: 'de' };
    },
    watch: () => {},
    onEvent: (listener: typeof hear) => {
      hear = listener;
    },
    onLine: (listener: typeof line) => {
      line = listener;
    },
    close: () => {},
  } as unknown as Client;
  const job = (id: string, status: JobStatus, text: string) =>
    hear({ kind: 'job', job: { id, status, text } as Job });
  return {
    translator: new Translator(() => client),
    asked,
    job,
    hear: (event: ServerEvent) => hear(event),
    line: (up: boolean) => line(up),
  };
}

const request = { kind: 'translation', text: 'One', language: 'de' } as const;
const send = { request };

describe('a translator', () => {
  it('hears of a job as it is written, and of its end', async () => {
    const { translator, job, hear } = setUp();
    const seen: string[] = [];
    const end = translator.translate(send, ({ text }) => void seen.push(text));
    await soon();
    job('job1', 'writing', 'Ei');
    hear({ kind: 'delta', job: 'job1', at: 2, text: 'ns', tokens: 2, tokensPerSecond: 1 });
    job('job1', 'done', 'Eins.');
    expect((await end)?.text).toBe('Eins.');
    expect(seen).toEqual(['Ei', 'Eins', 'Eins.']);
  });

  it('stops the one under way for the next, and keeps what there was', async () => {
    const { translator, asked, job } = setUp();
    const first = translator.translate(send, () => {});
    await soon();
    job('job1', 'writing', 'Ei');
    const second = translator.translate({ request: { ...request, text: 'Two' } }, () => {});
    expect(await first).toMatchObject({ status: 'stopped', text: 'Ei' });
    await soon();
    job('job2', 'done', 'Zwei');
    expect((await second)?.text).toBe('Zwei');
    expect(asked.filter(([kind]) => kind === 'stop')).toEqual([['stop', { job: 'job1' }]]);
  });

  it('stops a job that it has only just asked for', async () => {
    const { translator, asked } = setUp();
    const job = translator.translate(send, () => {});
    translator.stop();
    expect(await job).toBeUndefined();
    expect(asked.at(-1)).toEqual(['stop', { job: 'job1' }]);
  });

  it('asks for the whole state where it missed a delta', async () => {
    const { translator, asked, hear } = setUp();
    void translator.translate(send, () => {});
    await soon();
    hear({ kind: 'delta', job: 'job1', at: 9, text: 'x', tokens: 1, tokensPerSecond: 1 });
    expect(asked.at(-1)).toEqual(['resync', { topic: 'job:job1' }]);
  });

  it('says so where the engine dies with a passing job', async () => {
    const { translator, line } = setUp();
    const job = translator.translate({ ...send, passing: true }, () => {});
    await soon();
    line(false);
    await expect(job).rejects.toMatchObject({ code: 'engine-unreachable' });
  });

  it('knows the settings, also when they change', async () => {
    const { translator, asked, hear } = setUp();
    expect((await translator.settings()).language).toBe('de');
    hear({ kind: 'settings', settings: { language: 'fr' } as never });
    expect((await translator.settings()).language).toBe('fr');
    expect(asked).toHaveLength(1);
  });
});
