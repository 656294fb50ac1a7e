/** What is asked of a hub, and what its answers mean, against a server that answers as the hub does. */
import { createHash } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { ModelServer, type ModelServerOptions } from '../../../scripts/testing/model-server.ts';
import { tinyFiles } from '../../testing/tiny-checkpoint.ts';
import { tinyModel, writeGguf } from '../../testing/tiny-gguf.ts';
import { openCheckpoint } from '../checkpoint.ts';
import { connectPolicy } from '../sources/connect-policy.ts';
import { filesIn } from '../sources/hub/hub-files.ts';
import { httpFolder } from '../sources/http-source.ts';
import { findModels } from './find-models.ts';

const gguf = writeGguf(tinyModel());
let server: ModelServer | undefined;
afterEach(() => server?.close());

async function hub(files: Record<string, Uint8Array | string>, options?: ModelServerOptions) {
  server = await new ModelServer(files, options).listen();
  return { server, root: new URL('/org/model', server.url).href };
}

const fails = (code: string, got?: RegExp) =>
  expect.objectContaining({ code, ...(got === undefined ? {} : { got: expect.stringMatching(got) }) });

test('lists the models of a repository, page after page', async () => {
  const files = {
    ...tinyFiles(),
    'x-Q8_0.gguf': gguf,
    'sub/x-Q4_K_M.gguf': gguf,
    'x-BF16-00001-of-00002.gguf': gguf,
    'x-BF16-00002-of-00002.gguf': gguf,
    'mmproj-x-F16.gguf': gguf,
    'README.md': '#',
  };
  const { root } = await hub(files, { pageSize: 3 });
  const found = await findModels(`${root}/tree/main`);
  expect(found?.choices.map(({ label, files }) => [label, files])).toEqual([
    ['safetensors', 1],
    ['Q8_0', 1],
    ['Q4_K_M', 1],
    ['BF16', 2],
  ]);
  for (const { address, format } of found?.choices ?? []) {
    const names = await httpFolder(address).list?.();
    expect(names?.filter((name) => name.endsWith('.gguf')).length, address).toBe(format === 'gguf' ? 1 : 4);
  }
  // Any part of a split file names the whole, and opens the others beside it.
  const second = `${root}/blob/main/x-BF16-00002-of-00002.gguf`;
  expect((await findModels(second))?.choices.map(({ label }) => label)).toEqual(['BF16']);
  expect(await httpFolder(second).open('x-BF16-00001-of-00002.gguf')).toBeDefined();
  expect(await httpFolder(second).open('x-Q8_0.gguf')).toBeUndefined();
  expect((await findModels(`${root}/tree/main/sub`))?.choices.map(({ label }) => label)).toEqual(['Q4_K_M']);
});

test('opens the quantisation that is named, and says which there are', async () => {
  const { root, server } = await hub({ 'a/x-Q8_0.gguf': gguf, 'x-Q4_K_M.gguf': gguf });
  const { host } = new URL(root);
  const at = (tag: string) => httpFolder(`${server.url}x.gguf`.replace('x.gguf', '') + tag);
  expect(at('')).toBeDefined();
  const named = (tag: string) => findModels(`hf.co/org/model:${tag}`, { fetch: toHub(host) });
  expect((await named('q8_0'))?.choices.map(({ label }) => label)).toEqual(['Q8_0']);
  const folder = httpFolder('hf.co/org/model:Q8_0', { fetch: toHub(host) });
  expect((await openCheckpoint(folder)).config).toMatchObject({ model_type: 'llama' });
  const none = httpFolder('org/model:Q5_K_M', { fetch: toHub(host) });
  await expect(none.open('config.json')).rejects.toEqual(fails('source-missing'));
});

/** Sends requests for the hub to a server on this machine. */
function toHub(host: string): typeof fetch {
  return ((url: string, init?: RequestInit) =>
    fetch(url.replace('https://huggingface.co', `http://${host}`), init)) as typeof fetch;
}

test('asks which part of an address is the branch', async () => {
  const { root, server } = await hub({ 'sub/x.gguf': gguf }, { refs: ['main', 'feature', 'feature/x'] });
  const folder = httpFolder(`${root}/blob/feature/x/sub/x.gguf`);
  expect((await openCheckpoint(folder)).config).toMatchObject({ model_type: 'llama' });
  const paths = server.asked.map(({ path }) => path);
  expect(paths).toContain('/api/models/org/model/refs');
  expect(paths).toContain('/org/model/resolve/feature%2Fx/sub/x.gguf');
});

test('tells missing, gated, private and closed repositories apart by the codes of the hub', async () => {
  const { root, server } = await hub(tinyFiles(), { refs: ['main'] });
  const open = (address: string, token?: string) =>
    httpFolder(address, { backoffMs: 1, ...(token === undefined ? {} : { token }) }).open('config.json');
  const page = `${root}/tree/main`;
  expect(await httpFolder(page).open('none.json')).toBeUndefined();
  const nowhere = new URL('/org/none/tree/main', root).href;
  await expect(open(nowhere)).rejects.toEqual(fails('source-not-found', /^401, RepoNotFound/));
  await expect(findModels(nowhere)).rejects.toEqual(fails('source-not-found'));
  await expect(open(`${root}/tree/dev`)).rejects.toEqual(fails('source-not-found', /RevisionNotFound/));

  server.options = { withheld: 'gated', token: 'good', tokenWithoutAccess: 'other' };
  expect((await findModels(page))?.choices).toHaveLength(1);
  await expect(open(page)).rejects.toEqual(fails('source-gated', /^401, GatedRepo, Access to model/));
  await expect(open(page)).rejects.toMatchObject({ where: root });
  await expect(open(page, 'other')).rejects.toEqual(fails('source-gated', /^403/));
  await expect(open(page, 'bad')).rejects.toEqual(fails('source-token'));
  expect((await open(page, 'good'))?.size).toBeGreaterThan(0);

  server.options = { withheld: 'private', token: 'good', tokenWithoutAccess: 'other' };
  await expect(open(page)).rejects.toEqual(fails('source-not-found', /^401/));
  await expect(open(page, 'other')).rejects.toEqual(fails('source-not-found', /^404/));
  expect((await findModels(page, { token: 'good' }))?.choices).toHaveLength(1);

  server.options = { withheld: 'disabled' };
  await expect(open(page)).rejects.toEqual(
    fails('source-not-found', /^403, Access to this resource is disab/),
  );
});

test('a refusal of another server stays one, and a busy hub is asked again', async () => {
  const { root, server } = await hub(tinyFiles());
  const open = () => httpFolder(`${root}/tree/main`, { backoffMs: 1 }).open('config.json');
  for (const status of [401, 403]) {
    server.options = { fault: () => ({ kind: 'status', status }) };
    await expect(open()).rejects.toEqual(fails('source-refused', new RegExp(`^${status}`)));
  }
  let times = 0;
  server.options = { fault: () => (++times < 3 ? { kind: 'status', status: 503 } : undefined) };
  expect(await open()).toBeDefined();
});

test.each([
  ['ratelimit', { ratelimit: '"resolvers";r=0;t=55' }, 55_000],
  ['retry-after', { 'retry-after': '55' }, 55_000],
  ['retry-after, with requests left', { ratelimit: '"api";r=3;t=200', 'retry-after': '55' }, 55_000],
  ['a long window', { ratelimit: '"resolvers";r=0;t=9000' }, 300_000],
] as const)('a hub that had too many requests is asked again when it says: %s', async (_, headers, ms) => {
  vi.useFakeTimers();
  try {
    let times = 0;
    const answer = async () =>
      ++times === 1 ? new Response('{}', { status: 429, headers }) : new Response('{}', { status: 404 });
    const folder = httpFolder('https://huggingface.co/org/x/resolve/main/', {
      fetch: answer as typeof fetch,
    });
    const opened = folder.open('config.json');
    await vi.advanceTimersByTimeAsync(ms - 100);
    expect(times).toBe(1);
    await vi.advanceTimersByTimeAsync(200);
    expect([times, await opened]).toEqual([2, undefined]);
  } finally {
    vi.useRealTimers();
  }
});

test('the hub here says how long to wait as the real one does, and small files come from its cache', async () => {
  const commit = 'c'.repeat(40);
  const { root, server } = await hub(tinyFiles(), { cached: true, commit });
  let times = 0;
  server.options = {
    ...server.options,
    fault: () => (++times === 1 ? { kind: 'limited', seconds: 0, by: 'ratelimit' } : undefined),
  };
  const folder = httpFolder(`${root}/tree/main`, { backoffMs: 1 });
  expect((await openCheckpoint(folder)).config).toMatchObject({ model_type: 'llama' });
  const of = (start: string) => server.asked.filter(({ path }) => path.startsWith(start)).length;
  expect(of(`/api/resolve-cache/models/org/model/${commit}/`)).toBeGreaterThan(3);
  // After the first answer everything is of one commit.
  expect(of(`/org/model/resolve/${commit}/`)).toBeGreaterThan(2);
});

test('a file of ModelScope is compared with the hash of its list', async () => {
  const weights = tinyFiles()['model.safetensors'] as Uint8Array;
  const files = {
    ...tinyFiles(),
    'model.safetensors': new Uint8Array([...weights, ...new Uint8Array(70_000)]),
  };
  const sha256 = 'b'.repeat(64);
  const list = Object.entries(files).map(([Path, { length: Size }]) => ({
    Path,
    Size,
    Type: 'blob',
    Sha256: sha256,
  }));
  const answer = async (input: unknown) => {
    const url = new URL(String(input));
    if (url.pathname === '/api/v1/models/org/name/repo/files')
      return Response.json({ Code: 200, Data: { Files: list } });
    const content = files[url.pathname.replace('/models/org/name/resolve/master/', '') as keyof typeof files];
    return content === undefined
      ? new Response('', { status: 404 })
      : new Response(content as BodyInit, { headers: { 'content-length': String(content.length) } });
  };
  const folder = httpFolder('https://modelscope.cn/models/org/name', { fetch: answer as typeof fetch });
  expect((await folder.open('model.safetensors'))?.sha256).toBe(sha256);
});

test('large files come from the place that the hub redirects to, without the token', async () => {
  const hash = createHash('sha256').update(gguf).digest('hex');
  const { root, server } = await hub(
    { 'x-Q4_0.gguf': gguf },
    { redirects: /\.gguf$/, token: 'secret', hashes: { in: 'tree', of: { 'x-Q4_0.gguf': hash } } },
  );
  const folder = httpFolder(`${root}/blob/main/x-Q4_0.gguf`, { token: 'secret' });
  expect((await openCheckpoint(folder)).config).toMatchObject({ model_type: 'llama' });
  const of = (start: string) => server.asked.filter(({ path }) => path.startsWith(start));
  expect(of('/org/model/').every(({ authorization }) => authorization === 'Bearer secret')).toBe(true);
  expect(of('/stored/').length).toBeGreaterThan(0);
  expect(of('/stored/').every(({ authorization }) => authorization === undefined)).toBe(true);
  // The place takes no address without its signature, and no authorization beside it.
  const stored = new URL(of('/stored/')[0]?.path ?? '', root);
  const status = async (url: string, init?: RequestInit) => (await fetch(url, init)).status;
  expect(await status(stored.href)).toBe(200);
  expect(await status(stored.origin + stored.pathname)).toBe(403);
  expect(await status(stored.href, { headers: { authorization: 'Bearer secret' } })).toBe(400);
});

test('a token goes to the hub of the address only', async () => {
  const { server } = await hub(tinyFiles());
  await httpFolder(new URL('/m/', server.url).href, { token: 'secret' })
    .open('config.json')
    .catch(() => {});
  expect(server.asked.map(({ authorization }) => authorization)).toEqual([undefined]);
});

test.each([
  ['https://huggingface.co/org/name/resolve/main/', 'Bearer secret'],
  ['https://huggingface.co.evil.example/org/name/resolve/main/', null],
  ['https://evil.example/org/name/resolve/main/', null],
  ['https://modelscope.cn/models/org/name/resolve/master/', null],
])('%s gets the token %s, though the form of the address is that of a hub', async (address, expected) => {
  const sent: (string | null)[] = [];
  const fetched = async (_: unknown, init?: RequestInit) => {
    sent.push(new Headers(init?.headers).get('authorization'));
    return new Response('', { status: 404 });
  };
  const folder = httpFolder(address, { token: 'secret', fetch: fetched as typeof fetch });
  await folder.open('config.json').catch(() => {});
  expect(sent.length).toBeGreaterThan(0);
  expect([...new Set(sent)]).toEqual([expected]);
});

test('an error never contains the token', async () => {
  const { root } = await hub(tinyFiles(), { withheld: 'gated', token: 'good' });
  const error: unknown = await httpFolder(`${root}/tree/main`, { token: 'hf_secret' })
    .open('config.json')
    .catch((caught: unknown) => caught);
  expect(JSON.stringify(error) + String(error)).not.toContain('hf_secret');
});

test('an address that the policy forbids is refused before any request', async () => {
  const policy = connectPolicy("connect-src 'self' https://huggingface.co", 'https://self.example/');
  let asked = 0;
  const options = { policy, fetch: (() => Promise.reject(new Error(String(++asked)))) as typeof fetch };
  for (const address of ['https://modelscope.cn/models/o/n', 'hf-mirror.com/o/n', 'h.example/m/x.gguf']) {
    await expect(findModels(address, options), address).rejects.toEqual(fails('source-forbidden'));
    await expect(httpFolder(address, options).open('x.gguf')).rejects.toEqual(fails('source-forbidden'));
  }
  expect(asked).toBe(0);
});

test('a server without a list is asked for the files themselves', async () => {
  const { server, root } = await hub(tinyFiles());
  server.options = {
    fault: ({ path }) => (path.startsWith('/api/') ? { kind: 'status', status: 404 } : undefined),
  };
  expect(await findModels(`${root}/tree/main`)).toBeUndefined();
  expect((await openCheckpoint(httpFolder(`${root}/tree/main`))).config).toMatchObject({
    model_type: 'llama',
  });
  expect(await findModels('http://127.0.0.1:9/m/')).toBeUndefined();
});

test('reads the lists of both hubs and ignores what is no file', () => {
  const sha256 = 'a'.repeat(64);
  const list = [
    { type: 'file', path: 'config.json', oid: 'b', size: 700 },
    { type: 'file', path: 'w.bin', size: 135, lfs: { oid: sha256, size: 9e9 } },
    { type: 'directory', path: 'sub', size: 0 },
    { type: 'file', path: 'y', size: 1, lfs: { oid: 'short', size: -1 } },
    null,
    3,
    { path: 4 },
  ];
  expect(filesIn(list)).toEqual([
    { path: 'config.json', bytes: 700 },
    { path: 'w.bin', bytes: 9e9, sha256 },
  ]);
  const other = { Code: 200, Data: { Files: [{ Path: 'x.gguf', Type: 'blob', Size: 5, Sha256: sha256 }] } };
  expect(filesIn(other)).toEqual([{ path: 'x.gguf', bytes: 5, sha256 }]);
  for (const none of [undefined, null, 'text', { error: 'Repository not found' }])
    expect(filesIn(none)).toBeUndefined();
});
