/** What counts as progress of a download, by a clock that the test moves. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { body, LEAST_PROGRESS } from './http-body.ts';
import { httpFolder } from './http-source.ts';

const STALL_MS = 30_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A body that brings `bytes` every `everyMs`, `pieces` times. */
function dripping(bytes: number, everyMs: number, pieces: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let sent = 0;
  return new ReadableStream(
    {
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, everyMs));
        if (sent++ < pieces) controller.enqueue(new Uint8Array(bytes));
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

const remote = { name: 'm', connection: { stallMs: STALL_MS } } as Parameters<typeof body>[1];

/** Moves the clock until the body ends; returns the bytes received, and the error's code and message. */
async function received(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  let bytes = 0;
  let ended = false;
  const reading = (async () => {
    for await (const piece of body(new Response(stream), remote)) bytes += piece.length;
  })();
  const end = reading.then(
    () => ({ bytes, code: undefined, got: undefined }),
    (error) => ({ bytes, code: error.code as string, got: error.got as string }),
  );
  void end.finally(() => {
    ended = true;
  });
  for (let steps = 0; !ended && steps < 10_000; steps++) await vi.advanceTimersByTimeAsync(500);
  if (!ended) throw new Error('the body does not end');
  return end;
}

test.each<[string, number, number]>([
  ['a byte a second', 1, 1000],
  ['400 bytes a second', 400, 1000],
  ['nothing at all', 1, 1e9],
  ['a piece just before each silence would end', 100, STALL_MS - 1],
])('%s is no progress', async (_, bytes, everyMs) => {
  const got = await received(dripping(bytes, everyMs, 1e6));
  expect(got).toMatchObject({ code: 'source-read', got: expect.stringMatching(/^\d+ bytes in 30 s$/) });
  expect(got.bytes).toBeLessThan(LEAST_PROGRESS);
});

test.each<[string, number, number]>([
  ['20 kB a second over four connections', 5000, 1000],
  ['1 kB a second', 1000, 1000],
  ['64 kB every 29 seconds', 65_536, 29_000],
])('%s goes on', async (_, bytes, everyMs) => {
  expect(await received(dripping(bytes, everyMs, 100))).toEqual({
    bytes: 100 * bytes,
    code: undefined,
    got: undefined,
  });
});

test('a connection that was fast and then drips is given up too', async () => {
  const fast = dripping(100_000, 100, 50).getReader();
  const slow = dripping(1, 1000, 1e6).getReader();
  const both = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const first = await fast.read();
      controller.enqueue(first.done ? ((await slow.read()).value as Uint8Array<ArrayBuffer>) : first.value);
    },
  });
  expect(await received(both)).toMatchObject({ code: 'source-read' });
});

test('the time that the reader takes does not count', async () => {
  const pieces = body(new Response(dripping(100, 10, 5)), remote);
  let count = 0;
  for (let ended = false; !ended; count++) {
    const next = pieces.next();
    await vi.advanceTimersByTimeAsync(20);
    ended = (await next).done === true;
    await vi.advanceTimersByTimeAsync(10 * STALL_MS); // a slow disk
  }
  expect(count).toBe(6);
});

test('a server that always drips ends in an error, after as many attempts as one that is silent', async () => {
  let asked = 0;
  const get: typeof fetch = async (_, init) => {
    const [from = 0, to = 0] = (new Headers(init?.headers).get('range') ?? '')
      .replace('bytes=', '')
      .split('-')
      .map(Number);
    const last = Math.min(to, 999_999);
    if (from > 0) asked++;
    const stream = from === 0 ? dripping(65_536, 1, 1) : dripping(10, 1000, 1e6);
    return new Response(stream, {
      status: 206,
      headers: { 'content-range': `bytes ${from}-${last}/1000000` },
    });
  };
  const opening = httpFolder('http://local/m', { fetch: get, backoffMs: 500 }).open('x.bin');
  await vi.advanceTimersByTimeAsync(1000);
  const source = (await opening)!;
  let failure: unknown;
  void source.read(70_000, 500_000).catch((error: unknown) => {
    failure = error;
  });
  for (let steps = 0; failure === undefined && steps < 2000; steps++) await vi.advanceTimersByTimeAsync(1000);
  expect(failure).toMatchObject({ code: 'source-read' });
  expect(asked).toBe(6);
});
