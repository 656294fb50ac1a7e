import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeWithAssets } from '../../scripts/testing/assets.ts';
import { openCheckpoint, readConfig } from './checkpoint.ts';
import { folderFromFiles } from './sources/file-source.ts';
import { httpFolder } from './sources/http-source.ts';
import { memoryFolder } from './sources/memory-source.ts';
import { ggufName } from './sources/gguf-names.ts';
import { tinyModel, writeGguf } from '../testing/tiny-gguf.ts';

const bytes = writeGguf(tinyModel());

test('opens a GGUF file in a folder, a chosen file and a dropped folder', async () => {
  const inFolder = memoryFolder('some', { 'README.md': '#', 'm.gguf': bytes });
  expect(await openCheckpoint(inFolder)).toMatchObject({ name: 'some', config: { model_type: 'llama' } });
  expect(await readConfig(inFolder)).toMatchObject({ model_type: 'llama' });
  const file = new File([bytes as Uint8Array<ArrayBuffer>], 'Tiny-Q8_0.gguf');
  const chosen = await openCheckpoint(folderFromFiles([file]));
  expect(chosen).toMatchObject({ name: 'Tiny-Q8_0', config: { hidden_size: 32 } });
  const dropped = folderFromFiles([{ path: 'models/tiny/m.gguf', file }]);
  expect((await openCheckpoint(dropped)).name).toBe('tiny');
});

test('refuses several GGUF files, and prefers safetensors beside one', async () => {
  const two = memoryFolder('some', { 'a.gguf': bytes, 'b.gguf': bytes });
  await expect(openCheckpoint(two)).rejects.toMatchObject({ code: 'source-several', got: 'a.gguf, b.gguf' });
  const both = memoryFolder('some', { 'a.gguf': bytes, 'model.safetensors': 'x' });
  await expect(openCheckpoint(both)).rejects.toMatchObject({
    code: 'source-missing',
    expected: 'config.json',
  });
});

test('reads the header over HTTP by ranges, in few requests', async () => {
  const asked: string[] = [];
  const get = (async (input: string, init: RequestInit) => {
    const range = new Headers(init.headers).get('range') ?? '';
    asked.push(`${input} ${range}`);
    const [from = 0, to = 0] = range.replace('bytes=', '').split('-').map(Number);
    const part = bytes.slice(from, to + 1);
    return new Response(part as Uint8Array<ArrayBuffer>, {
      status: 206,
      headers: { 'content-range': `bytes ${from}-${from + part.length - 1}/${bytes.length}` },
    });
  }) as unknown as typeof fetch;
  const folder = httpFolder('org/name-GGUF/sub/Tiny.gguf', { fetch: get });
  const checkpoint = await openCheckpoint(folder);
  expect(checkpoint.name).toBe('Tiny');
  expect(asked).toEqual(['https://huggingface.co/org/name-GGUF/resolve/main/sub/Tiny.gguf bytes=0-65535']);
});

test('takes the name of a GGUF file', () => {
  expect(ggufName('a\\b/Model-Q4_0.GGUF')).toBe('Model-Q4_0');
  expect(ggufName('a/Model-Q4_0-00002-of-00003.gguf')).toBe('Model-Q4_0');
  expect(ggufName('model.safetensors')).toBeUndefined();
});

test('passes over what lies beside a model, and takes its name from the model', async () => {
  const beside = { 'mmproj-F16.gguf': 'x', 'imatrix.gguf': 'x', 'Tiny-Q8_0.gguf': bytes };
  expect((await openCheckpoint(memoryFolder('some', beside))).tensors.size).toBeGreaterThan(0);
  const files = Object.entries(beside).map(([name, content]) => new File([content as BlobPart], name));
  expect((await openCheckpoint(folderFromFiles(files))).name).toBe('Tiny-Q8_0');
  // Alone, a file is what a person chose, whatever its name.
  const alone = memoryFolder('some', { 'my-lora-merged.gguf': bytes });
  expect((await openCheckpoint(alone)).config).toMatchObject({ model_type: 'llama' });
});

describeWithAssets('a split model', ['../cases/models/gguf/split'], (root) => {
  const parts = [1, 2].map((n) => `mini-0000${n}-of-00002.gguf`);
  const content = (name: string) => new Uint8Array(readFileSync(`${root}/${name}`));
  /** A server that sends parts of files, and lists none. */
  const server = (has: readonly string[]) =>
    (async (input: string, init: RequestInit) => {
      const name = has.find((part) => String(input).endsWith(`/${part}`));
      if (name === undefined) return new Response('', { status: 404 });
      const all = content(name);
      const [from = 0, to = 0] = (new Headers(init.headers).get('range') ?? '')
        .replace('bytes=', '')
        .split('-')
        .map(Number);
      const part = all.slice(from, to + 1);
      const headers = { 'content-range': `bytes ${from}-${from + part.length - 1}/${all.length}` };
      return new Response(part, { status: 206, headers });
    }) as unknown as typeof fetch;

  test.each(parts)('the address of %s opens the others beside it', async (part) => {
    const folder = httpFolder(`https://h.example/models/${part}`, { fetch: server(parts) });
    const { name, tensors } = await openCheckpoint(folder);
    expect(name).toBe('mini');
    expect(tensors.has('model.layers.0.mlp.down_proj.weight')).toBe(true);
    expect(new Set([...tensors.values()].map(({ source }) => source.name)).size).toBe(2);
  });

  test('a part that is not there is named', async () => {
    const folder = httpFolder(`https://h.example/${parts[1]}`, { fetch: server(parts.slice(1)) });
    await expect(openCheckpoint(folder)).rejects.toMatchObject({
      code: 'source-missing',
      expected: parts[0],
    });
  });
});

test('reads forwards over HTTP without ranges, with few restarts', async () => {
  let asked = 0;
  const get = (async () => {
    asked++;
    const headers = { 'content-length': String(bytes.length) };
    return new Response(bytes as Uint8Array<ArrayBuffer>, { headers });
  }) as unknown as typeof fetch;
  const checkpoint = await openCheckpoint(httpFolder('https://h.example/x.gguf', { fetch: get }));
  for (const t of checkpoint.tensors.values()) {
    expect(await t.source.read(t.offset, t.bytes)).toEqual(new Uint8Array(t.bytes));
  }
  expect(asked).toBeLessThanOrEqual(3);
});
