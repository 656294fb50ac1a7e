import { describe, expect, it } from 'vitest';
import { translationJob } from '../../testing/builders.ts';
import { ownPage, pipe } from '../../testing/fake-pipe.ts';
import { sampleRequests } from '../../testing/sample-requests.ts';
import { LIMITS } from '../limits.ts';
import type { RequestKind, ServerEvent } from '../requests.ts';
import { createServer, type Handlers } from '../server.ts';
import type { Sender } from '../sender.ts';
import { createGate } from './gate.ts';
import { requestSchemas } from './request-schemas.ts';

const gate = createGate(async () => undefined);
const samples = sampleRequests({ job: 'job-1', conversation: 'c-1', model: 'm-1' });
const KINDS = Object.keys(requestSchemas) as RequestKind[];
const webPage: Sender = { role: 'web-page', incognito: false, tab: 1, frame: 0, document: 'D' };

type Path = readonly (string | number)[];

/** The paths of all values within a sample, and of the sample itself. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key]))];
}

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);

/** A copy of the sample with another value at the path. */
function replaced(kind: RequestKind, path: Path, value: unknown): unknown {
  const copy: Record<string, unknown> = structuredClone({ kind, ...samples[kind] });
  const parent = at(copy, path.slice(0, -1)) as Record<string, unknown>;
  Object.defineProperty(parent, path.at(-1)!, { value, enumerable: true, configurable: true });
  return copy;
}

/** What a value is, without its content; independent of the schemas. */
const typeOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

/** Throws if a value within `read` has a type that the sample does not have at this path. */
function expectTypes(read: unknown, sample: unknown, where: string): void {
  if (read === undefined) return;
  expect(typeOf(read), where).toBe(typeOf(sample));
  if (typeof read !== 'object' || read === null) return;
  const items = Array.isArray(read) ? read.map((item) => [0, item] as const) : Object.entries(read);
  for (const [key, child] of items) {
    const known = (sample as Record<string, unknown>)[key];
    expect(known, `${where}.${key} is a field`).not.toBeUndefined();
    expectTypes(child, known, `${where}.${key}`);
  }
}

/** The error of a refusal; undefined where the message is let through. */
function refusal(message: unknown, sender = ownPage) {
  try {
    gate.read(message, sender);
    return undefined;
  } catch (error) {
    return error as { code?: string; where?: string; message: string };
  }
}

/** Whether a refusal names this field; `*` stands for a key of a record. */
const isAt = (where: string | undefined, path: Path): boolean =>
  where?.split('.').every((key, i) => key === '*' || key === String(path[i])) === true &&
  where.split('.').length === path.length;

const OTHERS: readonly unknown[] = [
  null,
  true,
  7.5,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  'secret',
  ['secret'],
  [],
  { secret: 1 },
  {},
  new Date(0),
  new Map(),
  Object.create({ job: 'x', text: 'x', id: 'x' }),
];

/** Longer than every text that a message may carry; built once. */
const HUGE = 'x'.repeat(LIMITS.page + 1);

describe.each(KINDS)('the fields of %s', (kind) => {
  const sample = { kind, ...samples[kind] };
  const fields = pathsOf(samples[kind]).filter((path) => path.length > 0);

  it('pass as they are, without what the request has no field for', () => {
    expect(gate.read({ ...sample, secret: 'x', __proto__: { other: 1 } }, ownPage)).toEqual(sample);
  });

  it('are refused with their place where their type is another', () => {
    for (const path of fields) {
      for (const other of OTHERS) {
        const message = replaced(kind, path, other);
        const error = refusal(message);
        if (error === undefined) {
          expectTypes(gate.read(message, ownPage), sample, kind);
          continue;
        }
        expect(error.code).toBe('request-invalid');
        // The place is the field, what it is in, or what is in it; `*` is a key of a record.
        const [where = ''] = (error.where ?? '').split('*');
        const place = path.join('.');
        expect([place.startsWith(where), where.startsWith(place)], `${place} at ${where}`).toContain(true);
        // A refusal may be logged or shown, and must not carry a person's text.
        expect(JSON.stringify(error) + error.message).not.toContain('secret');
        if (typeOf(other) !== typeOf(at(sample, path))) expect(error.message).toContain(kind);
      }
    }
  });

  it('may not be missing but where they are optional', () => {
    for (const path of fields) {
      const message = replaced(kind, path, undefined);
      if (refusal(message) === undefined) expectTypes(gate.read(message, ownPage), sample, kind);
    }
  });

  it('are bounded', () => {
    for (const path of fields) {
      const value = at(sample, path);
      if (typeof value === 'string')
        expect(isAt(refusal(replaced(kind, path, HUGE))?.where, path)).toBe(true);
      // One item is enough to make the list; its length is refused before any item is read.
      if (Array.isArray(value)) {
        const long = Array.from({ length: LIMITS.headings + 1 }, () => value[0]);
        expect(isAt(refusal(replaced(kind, path, long))?.where, path), path.join('.')).toBe(true);
      }
    }
  });

  it('take nothing from prototypes', () => {
    for (const path of [[], ...fields]) {
      if (typeOf(at(sample, path)) !== 'object') continue;
      const message = structuredClone(sample);
      const inner = at(message, path) as object;
      for (const key of ['__proto__', 'constructor', 'prototype', 'toString']) {
        const polluted = { polluted: true };
        Object.defineProperty(inner, key, { value: polluted, enumerable: true, configurable: true });
      }
      if (refusal(message) !== undefined) continue;
      const read = at(gate.read(message, ownPage), path) as object;
      expect(Object.keys(read)).not.toContain('__proto__');
      expect('polluted' in read).toBe(false);
    }
    expect('polluted' in {}).toBe(false);
  });
});

/** A small generator of pseudo-random numbers (mulberry32), so that a failure can be repeated. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('messages at random', () => {
  it('reach a handler only with the types that it expects, and a refused one never does', async () => {
    const reached: [kind: string, send: unknown][] = [];
    const handlers = new Proxy({} as Handlers, {
      get: (_, kind: string) => (send: unknown) => {
        reached.push([kind, send]);
        return null;
      },
    });
    const server = createServer(handlers, async () => undefined, gate);
    const connection = pipe();
    server.accept(connection.server);
    const answers: { kind: string; id?: number; error?: { code: string } }[] = [];
    connection.client.onMessage((frame) => answers.push(frame as never));
    const next = random(15);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
    const ROUNDS = 3000;
    for (let id = 1; id <= ROUNDS; id++) {
      const kind = pick(KINDS);
      let request: unknown = { kind, ...samples[kind] };
      const paths = pathsOf(request);
      for (let changes = next() * 3; changes > 0; changes--) {
        const path = pick(paths);
        const value = next() < 0.3 ? at(samples[pick(KINDS)], path) : pick([...OTHERS, undefined]);
        if (path.length === 0) request = next() < 0.1 ? value : request;
        else request = changedAt(request, path, value);
      }
      connection.client.post({ id, request } as never);
    }
    await new Promise((resolve) => setTimeout(resolve));
    const replies = answers.filter(({ kind }) => kind === 'reply' || kind === 'refusal');
    expect(replies).toHaveLength(ROUNDS);
    expect(new Set(replies.map(({ id }) => id)).size).toBe(ROUNDS);
    const codes = new Set(replies.flatMap(({ error }) => error?.code ?? []));
    expect([...codes]).toEqual(['request-invalid']);
    const refusals = replies.filter(({ kind }) => kind === 'refusal').length;
    // Both happen often, else the test says nothing.
    expect(refusals).toBeGreaterThan(ROUNDS / 10);
    expect(reached.length).toBeGreaterThan(ROUNDS / 10);
    expect(reached.length).toBeLessThanOrEqual(ROUNDS - refusals);
    for (const [kind, send] of reached) expectTypes(send, { kind, ...samples[kind as RequestKind] }, kind);
  });

  it('are answered whatever the frame is', async () => {
    const server = createServer({} as Handlers, async () => undefined, gate);
    const connection = pipe();
    server.accept(connection.server);
    const answers: unknown[] = [];
    connection.client.onMessage((frame) => answers.push(frame));
    const frames = [null, 7, 'x', [], {}, { id: 'x' }, { id: 1 }, { id: 2, request: { kind: '__proto__' } }];
    const kinds = ['constructor', 'toString', 'hasOwnProperty', '', 'x'.repeat(100_000)];
    for (const frame of [...frames, ...kinds.map((kind) => ({ id: 3, request: { kind } }))])
      connection.client.post(frame as never);
    await new Promise((resolve) => setTimeout(resolve));
    const refused = answers.slice(1) as { kind: string; error: { code: string; got: string } }[];
    expect(refused).toHaveLength(frames.length + kinds.length);
    for (const { kind, error } of refused) expect([kind, error.code]).toEqual(['refusal', 'request-invalid']);
    expect(refused.at(-1)!.error.got.length).toBeLessThan(100);
  });
});

/** A copy with another value at the path, which an earlier change may have removed. */
function changedAt(request: unknown, path: Path, value: unknown): unknown {
  const copy: unknown = structuredClone(request);
  const parent = at(copy, path.slice(0, -1));
  if (typeof parent === 'object' && parent !== null)
    Object.defineProperty(parent, path.at(-1)!, { value, enumerable: true, configurable: true });
  return copy;
}

describe('what a web page may send', () => {
  it('is narrower than what a page of the extension may', () => {
    expect(refusal({ kind: 'offer', task: 'chat' })).toBeUndefined();
    expect(refusal({ kind: 'offer', task: 'chat' }, webPage)?.code).toBe('request-invalid');
    expect(refusal({ kind: 'offer', task: 'translation' }, webPage)).toBeUndefined();
    expect(refusal({ kind: 'choose-language', language: 'tlh' }, webPage)?.code).toBe('request-invalid');
  });
});

describe('texts attached to a question', () => {
  it.each([
    [LIMITS.attached / 2, undefined],
    [LIMITS.attached / 2 + 1, 'target.attached'],
  ])('are bounded together: two of %d characters', (length, where) => {
    const text = 'x'.repeat(length);
    const attached = [
      { id: 'a', text },
      { id: 'b', text },
    ];
    const request = { kind: 'chat', text: 'Why?' };
    expect(refusal({ kind: 'chat', request, target: { attached } })?.where).toBe(where);
  });
});

describe('what a web page receives', () => {
  const events: readonly ServerEvent[] = [
    { kind: 'gone', conversation: 'c' },
    { kind: 'conversations', kept: true },
    { kind: 'glossary', entries: [] },
    { kind: 'models', models: { active: { kind: 'none' }, stored: [], imports: [] } },
    { kind: 'conversation', conversation: {} as never, jobs: [] },
    { kind: 'settings', settings: {} as never },
  ];

  it.each(events)('is no event of kind $kind, wherever it is sent', (event) => {
    expect(gate.shown(event, webPage)).toBeUndefined();
    expect(gate.shown(event, { ...webPage, role: 'unknown' })).toBeUndefined();
    expect(gate.shown(event, ownPage)).toBe(event);
  });

  it('of a job is nothing that tells of the window, of settings, or of conversations', () => {
    const job = translationJob({
      text: 'Offen.',
      ...{ tab: 3, owner: 'document/D', conversation: 'c', inMemory: 'private-window' },
    });
    const shown = gate.shown({ kind: 'job', job }, webPage) as { job: object };
    expect(shown.job).toMatchObject({ id: job.id, text: 'Offen.' });
    for (const key of ['tab', 'owner', 'conversation', 'inMemory']) expect(shown.job).not.toHaveProperty(key);
  });
});
