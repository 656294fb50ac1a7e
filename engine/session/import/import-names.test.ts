/** Models of one name do not replace each other, and the same model is not stored twice. */
import { expect, test } from 'vitest';
import { memoryFolder } from '../../weights/sources/memory-source.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { openStore } from '../../weights/store/store.ts';
import { tinyFiles, tinyTensors } from '../../testing/tiny-checkpoint.ts';
import { importModel } from './import.ts';

type Files = ReturnType<typeof tinyFiles>;

/** Other weights under the same config and tokenizer. */
const otherFiles = (): Files => tinyFiles(undefined, tinyTensors(2));

const importing = (store: ReturnType<typeof openStore>, name: string, files: Files) =>
  importModel(memoryFolder(name, files), store, { weights: 'f32' });

test('tells id and name before the files are opened', async () => {
  const begun: string[][] = [];
  const folder = { ...memoryFolder('model', {}), open: () => Promise.reject(new Error('not yet')) };
  const importing = importModel(
    folder,
    openStore(memoryStorage()),
    {},
    { onBegin: (...all) => begun.push(all) },
  );
  await expect(importing).rejects.toThrow('not yet');
  expect(begun).toEqual([['model', 'model']]);
});

const listed = async (store: ReturnType<typeof openStore>) =>
  (await store.list()).map(({ id, name }) => [id, name]).sort();

test('gives another model of the same name a new id and name, and replaces an equal one', async () => {
  const storage = memoryStorage();
  const store = openStore(storage);
  await importing(store, 'model', tinyFiles());
  const second = await importing(store, 'model', otherFiles());
  expect(second).toMatchObject({ id: 'model-2', name: 'model (2)' });
  const both = [
    ['model', 'model'],
    ['model-2', 'model (2)'],
  ];
  expect(await listed(store)).toEqual(both);
  await importing(store, 'model', otherFiles());
  await importing(store, 'model', tinyFiles());
  expect(await listed(store)).toEqual(both);
  expect([...storage.files.keys()].filter((path) => path.endsWith('manifest.json'))).toHaveLength(2);
});

test('treats a changed config or template as another model', async () => {
  const store = openStore(memoryStorage());
  const files = tinyFiles();
  await importing(store, 'model', files);
  const template = new TextEncoder().encode('{{ messages[0].content }}');
  await importing(store, 'model', { ...files, 'chat_template.jinja': template });
  expect(await listed(store)).toHaveLength(2);
});

test('gives different ids to two imports that end at the same time', async () => {
  const store = openStore(memoryStorage());
  const imports = [importing(store, 'model', tinyFiles()), importing(store, 'model', otherFiles())];
  const ids = (await Promise.all(imports)).map(({ id }) => id);
  expect(ids.sort()).toEqual(['model', 'model-2']);
  expect(await listed(store)).toHaveLength(2);
});

test('keeps the unfinished import of another model of the same name', async () => {
  const store = openStore(memoryStorage());
  const pause = new AbortController();
  pause.abort();
  const options = { weights: 'f32', origin: 'one' } as const;
  const paused = (files: Files, origin: string) =>
    importModel(memoryFolder('model', files), store, { ...options, origin }, { pause: pause.signal });
  await expect(paused(tinyFiles(), 'one')).rejects.toMatchObject({ code: 'import-paused' });
  await expect(paused(otherFiles(), 'two')).rejects.toMatchObject({ code: 'import-paused' });
  const left = async () => (await store.unfinished()).map(({ head }) => [head.id, head.origin]).sort();
  expect(await left()).toEqual([
    ['model', 'one'],
    ['model-2', 'two'],
  ]);
  const second = await importModel(memoryFolder('model', otherFiles()), store, { ...options, origin: 'two' });
  expect(second).toMatchObject({ id: 'model', name: 'model' });
  expect(await left()).toEqual([['model', 'one']]);
  const first = await importModel(memoryFolder('model', tinyFiles()), store, options);
  expect(first).toMatchObject({ id: 'model-2', name: 'model (2)' });
  expect(await left()).toEqual([]);
});

test('makes different ids of names in any script', async () => {
  const store = openStore(memoryStorage());
  const names = ['モデル', '我的模型', 'نموذج', 'Modèle', 'org/Some Model-1B'];
  const ids: string[] = [];
  for (const name of names) ids.push((await importing(store, name, tinyFiles())).id);
  expect(new Set(ids).size).toBe(names.length);
  expect(ids.at(-1)).toBe('org-some-model-1b');
  for (const id of ids) expect(id).toMatch(/^[a-z0-9.-]+$/);
  expect(await listed(store)).toHaveLength(names.length);
});
