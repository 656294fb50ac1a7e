/**
 * Servers that answer otherwise than they should, in all combinations: either the bytes are those of the file that the
 * download began with, or there is a named error. Bytes of two versions are never joined.
 */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { EngineError } from '../base/errors.ts';
import { httpFolder } from './sources/http-source.ts';

const SIZE = 300_000;
const content = Uint8Array.from({ length: SIZE }, (_, i) => (i * 7919) >> 3);
/** Another version of the file. */
const other = content.map((byte) => byte ^ 0xff);

/** One answer, and what a behaviour may change of it. */
interface Answer {
  status: number;
  headers: Record<string, string | undefined>;
  body: Uint8Array;
}

interface Asked {
  /** 1 for the first request. */
  readonly n: number;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly ranged: boolean;
  readonly headers: IncomingHttpHeaders;
}

type Behaviour = (answer: Answer, asked: Asked) => void;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const VERSION = { etag: '"1"', 'last-modified': 'Mon, 01 Jan 2024 00:00:00 GMT' };

async function listening(behave: Behaviour, version: Record<string, string> = VERSION) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const found = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const from = Number(found?.[1] ?? 0);
    const to = Math.min(Number(found?.[2] ?? SIZE), SIZE - 1) + 1;
    const ask = { n: asked.length + 1, from, to, ranged: found !== null, headers: request.headers };
    asked.push(ask);
    const answer: Answer = {
      status: ask.ranged ? 206 : 200,
      headers: { ...version, ...(ask.ranged ? { 'content-range': `bytes ${from}-${to - 1}/${SIZE}` } : {}) },
      body: content.subarray(from, to),
    };
    behave(answer, ask);
    send(response, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  servers.push(server);
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a/m`, asked };
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.on('error', () => {});
  const named = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  response.writeHead(status, { 'content-length': body.length, ...Object.fromEntries(named) });
  response.end(body);
}

/** Reads the file as an import does: opens it, then its bytes in order. Returns the bytes or the error's code. */
async function outcome(address: string): Promise<Uint8Array | string> {
  try {
    const folder = httpFolder(address, { backoffMs: 0, stallMs: 5000 });
    const source = await folder.open('big.bin');
    if (source === undefined) return 'none';
    const size = source.size;
    return Uint8Array.from(
      Buffer.concat([await source.read(0, 70_000), await source.read(70_000, size - 70_000)]),
    );
  } catch (error) {
    expect(error).toBeInstanceOf(EngineError);
    return (error as EngineError).code;
  }
}

const same = (got: Uint8Array | string, expected: Uint8Array) =>
  typeof got !== 'string' && Buffer.compare(got, expected) === 0;

const later =
  (change: Behaviour): Behaviour =>
  (answer, asked) => {
    if (asked.n > 1) change(answer, asked);
  };

const whole = (answer: Answer) => {
  answer.status = 200;
  delete answer.headers['content-range'];
  answer.body = content;
};

describe('the first answer tells what every later one must carry', () => {
  const firsts: Record<string, string>[] = [
    { etag: '"1"' },
    { etag: 'W/"1"' },
    { 'last-modified': VERSION['last-modified'] },
    VERSION,
    { ...VERSION, 'x-linked-etag': '"abc"' },
  ];
  const values: Record<string, string> = {
    etag: '"2"',
    'last-modified': 'Tue, 02 Jan 2024 00:00:00 GMT',
    'x-linked-etag': '"def"',
  };
  const changes: [string, (value: string, header: string) => string | undefined][] = [
    ['missing', () => undefined],
    ['changed', (_, header) => values[header]],
    [
      'of the other strength',
      (value, header) =>
        header !== 'etag' ? undefined : value.startsWith('W/') ? value.slice(2) : `W/${value}`,
    ],
    ['empty', () => ''],
  ];
  for (const first of firsts) {
    for (const header of Object.keys(first)) {
      test.each(changes)(`${JSON.stringify(first)}: ${header} is %s`, async (_, change) => {
        for (const body of [other, content]) {
          const { address } = await listening(
            later((answer, { from, to }) => {
              answer.headers[header] = change(first[header] as string, header);
              answer.body = body.subarray(from, to);
            }),
            first,
          );
          expect(await outcome(address)).toBe('checkpoint-mismatch');
        }
      });
    }
  }

  test('without a change the bytes arrive, whatever the first answer carried', async () => {
    for (const first of [...firsts, {}]) {
      const { address } = await listening(() => {}, first);
      expect(same(await outcome(address), content)).toBe(true);
    }
  });

  test('a tag that only later answers carry is no change', async () => {
    const { address } = await listening(
      later((answer) => {
        answer.headers.etag = '"1"';
      }),
      {},
    );
    expect(same(await outcome(address), content)).toBe(true);
  });

  test('a strong tag is sent with every part, a weak one is not', async () => {
    for (const [etag, expected] of [
      ['"1"', '"1"'],
      ['W/"1"', undefined],
    ] as const) {
      const { address, asked } = await listening(() => {}, { etag });
      await outcome(address);
      expect(asked.slice(1).map(({ headers }) => headers['if-range'])).toEqual([expected, expected]);
    }
  });
});

describe('a part is taken only where it says that it belongs', () => {
  const shifted =
    (by: number, total = SIZE) =>
    (answer: Answer, { from, to }: Asked) => {
      answer.headers['content-range'] = `bytes ${from + by}-${to - 1 + by}/${total}`;
    };
  test.each<[string, Behaviour, string]>([
    ['no Content-Range', (answer) => delete answer.headers['content-range'], 'source-read'],
    [
      'an unknown total',
      (answer, { from, to }) => (answer.headers['content-range'] = `bytes ${from}-${to - 1}/*`),
      'source-read',
    ],
    ['another start', shifted(-1), 'source-read'],
    ['another total', shifted(0, SIZE + 1), 'checkpoint-mismatch'],
    [
      'a shorter part',
      (answer, { from, to }) => {
        answer.headers['content-range'] = `bytes ${from}-${to - 2}/${SIZE}`;
        answer.body = answer.body.subarray(0, -1);
      },
      'source-read',
    ],
    [
      'another unit',
      (answer) =>
        (answer.headers['content-range'] = answer.headers['content-range']?.replace('bytes', 'items')),
      'source-read',
    ],
    ['nonsense', (answer) => (answer.headers['content-range'] = 'bytes'), 'source-read'],
    [
      'several parts',
      (answer) => {
        delete answer.headers['content-range'];
        answer.headers['content-type'] = 'multipart/byteranges; boundary=x';
      },
      'source-read',
    ],
    ['a compressed form', (answer) => (answer.headers['content-encoding'] = 'x-unknown'), 'source-read'],
    [
      'one byte too many',
      (answer) => (answer.body = Buffer.concat([answer.body, Uint8Array.of(1)])),
      'source-read',
    ],
    [
      'a range outside of the file',
      (answer) => {
        answer.status = 416;
        answer.headers['content-range'] = 'bytes */100';
      },
      'checkpoint-mismatch',
    ],
  ])('%s', async (_, behave, code) => {
    const { address } = await listening(later(behave));
    expect(await outcome(address)).toBe(code);
    // Once is a fault of the moment, unless the file has changed.
    const once = await listening((answer, asked) => void (asked.n === 2 && behave(answer, asked)));
    const got = await outcome(once.address);
    expect(code === 'source-read' ? same(got, content) : got).toBe(code === 'source-read' || code);
  });

  test.each<[string, Behaviour]>([
    ['no Content-Range', (answer) => delete answer.headers['content-range']],
    [
      'an unknown total',
      (answer, { from, to }) => (answer.headers['content-range'] = `bytes ${from}-${to - 1}/*`),
    ],
    [
      'a total beyond all numbers',
      (answer) => (answer.headers['content-range'] = `bytes 0-65535/${'9'.repeat(20)}`),
    ],
    ['another start', shifted(1)],
  ])('from the first answer on: %s. The file is read whole', async (_, behave) => {
    const { address, asked } = await listening((answer, ask) => void (ask.ranged && behave(answer, ask)));
    expect(same(await outcome(address), content)).toBe(true);
    expect(asked.at(-1)?.ranged).toBe(false);
  });

  test('parts of which none says its place, for a whole file too: refused', async () => {
    const { address } = await listening((answer, { n }) => {
      if (n === 1) delete answer.headers['content-range'];
      else answer.status = 206;
    });
    expect(await outcome(address)).toBe('source-refused');
  });

  test('an empty file', async () => {
    const { address } = await listening((answer) => {
      answer.status = 416;
      answer.headers['content-range'] = 'bytes */0';
      answer.body = new Uint8Array(0);
    });
    const source = await httpFolder(address).open('big.bin');
    expect(source?.size).toBe(0);
  });
});

describe('the whole file in place of a part', () => {
  test('once: the part is asked for again', async () => {
    const { address, asked } = await listening((answer, { n }) => void (n === 2 && whole(answer)));
    expect(same(await outcome(address), content)).toBe(true);
    expect(asked.every(({ ranged }) => ranged)).toBe(true);
  });

  test('from then on: it is read forwards from its start', async () => {
    const { address, asked } = await listening(later(whole));
    expect(same(await outcome(address), content)).toBe(true);
    expect(asked.at(-1)?.ranged).toBe(false);
  });

  test.each<[string, Behaviour]>([
    ['another ETag', (answer) => (answer.headers.etag = '"2"')],
    ['no ETag', (answer) => delete answer.headers.etag],
    ['another length', (answer) => (answer.body = content.subarray(1))],
  ])('with %s: the file has changed', async (_, change) => {
    const { address } = await listening(
      later((answer, asked) => {
        whole(answer);
        answer.body = other;
        change(answer, asked);
      }),
    );
    expect(await outcome(address)).toBe('checkpoint-mismatch');
  });

  test.each<[string, Behaviour, string]>([
    ['another ETag', (answer) => (answer.headers.etag = '"2"'), 'checkpoint-mismatch'],
    ['no Last-Modified', (answer) => delete answer.headers['last-modified'], 'checkpoint-mismatch'],
    ['another length', (answer) => (answer.body = content.subarray(1)), 'checkpoint-mismatch'],
    ['a part', (answer) => (answer.status = 206), 'source-refused'],
  ])('of a server without ranges, which begins again with %s', async (_, change, code) => {
    const { address } = await listening((answer, asked) => {
      whole(answer);
      if (asked.n > 1) change(answer, asked);
    });
    const source = await httpFolder(address, { backoffMs: 0 }).open('big.bin');
    await source?.read(100_000, 10);
    await expect(source?.read(0, 10)).rejects.toMatchObject({ code });
  });
});

test('a redirect to another host does not loosen anything', async () => {
  const evil = await listening((answer, { from, to }) => {
    delete answer.headers.etag;
    answer.body = other.subarray(from, to);
  });
  const { address } = await listening(
    later((answer) => {
      answer.status = 302;
      answer.headers = { location: `${evil.address}/big.bin` };
      answer.body = new Uint8Array(0);
    }),
  );
  expect(await outcome(address)).toBe('checkpoint-mismatch');
});
