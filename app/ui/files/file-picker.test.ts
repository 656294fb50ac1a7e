import { describe, expect, it } from 'vitest';
import { fromDrop, fromFileList } from './file-picker.ts';

const file = (path: string): File =>
  Object.assign(new File(['x'], path.split('/').pop()!), { webkitRelativePath: path });

const paths = (files: readonly { path: string }[]) => files.map(({ path }) => path);

describe('fromFileList', () => {
  it('keeps files of a checkpoint, of Linnet’s store and of WebLLM', async () => {
    const own = ['out/manifest.json', 'out/weights.bin', 'out/tokenizer.json'];
    expect(await fromFileList(own.map(file))).toMatchObject({ name: 'out', others: [] });
    expect(paths((await fromFileList(own.map(file))).files)).toEqual(own);
    const web = ['web/mlc-chat-config.json', 'web/tensor-cache.json', 'web/params_shard_0.bin'];
    expect(paths((await fromFileList(web.map(file))).files)).toEqual(web);
    const hub = ['q/config.json', 'q/model.safetensors', 'q/chat_template.jinja', 'q/tokenizer.model'];
    expect(paths((await fromFileList(hub.map(file))).files)).toEqual(hub);
  });

  it('lists files that belong to no model, and skips hidden folders', async () => {
    const all = ['m/model.zip', 'm/net.onnx', 'm/.git/x.json', 'm/config.json'];
    const { files, others } = await fromFileList(all.map(file));
    expect(paths(files)).toEqual(['m/config.json']);
    expect(others).toEqual(['m/model.zip', 'm/net.onnx', 'm/.git/x.json']);
    expect(await fromFileList([new File(['x'], 'model.pth')])).toEqual({
      name: '',
      files: [],
      others: ['model.pth'],
    });
  });
});

/** Imitates the entries of dropped files and folders: a string is the content of a file. */
type Tree = { readonly [name: string]: Tree | string };

function entry(name: string, tree: Tree | string): unknown {
  if (typeof tree === 'string')
    return {
      name,
      isFile: true,
      file: (done: (file: File) => void) => done(new File([tree], name)),
    };
  const inside = Object.entries(tree).map(([below, more]) => entry(below, more));
  const reads = [inside, []];
  return {
    name,
    isFile: false,
    createReader: () => ({ readEntries: (done: (some: unknown[]) => void) => done(reads.shift() ?? []) }),
  };
}

const dropped = (tree: Tree) =>
  fromDrop({
    items: Object.entries(tree).map(([name, below]) => ({ webkitGetAsEntry: () => entry(name, below) })),
  } as unknown as DataTransfer);

describe('fromDrop', () => {
  it('finds a model in a cache of the Hugging Face tools, and searches no deeper', async () => {
    const commit = { 'config.json': '{}', 'model.safetensors': 'x', onnx: { 'config.json': '{}' } };
    const cache = { refs: { main: '1b' }, snapshots: { '1b': commit } };
    const { files, others } = await dropped({ hub: { 'models--org--name': cache } });
    const at = 'hub/models--org--name/snapshots/1b';
    expect(paths(files)).toEqual([`${at}/config.json`, `${at}/model.safetensors`]);
    expect(others).toEqual(['hub/models--org--name/refs/main']);
  });

  it('uses the files of a drop without entries', async () => {
    const data = { items: [{ webkitGetAsEntry: () => null }], files: [new File(['x'], 'a.gguf')] };
    const { files } = await fromDrop(data as unknown as DataTransfer);
    expect(paths(files)).toEqual(['a.gguf']);
  });

  it('has no folder name for loose files', async () => {
    const { name, files } = await dropped({ 'config.json': '{}', 'weights.bin': 'x' });
    expect([name, files.length]).toEqual(['', 2]);
    expect(await dropped({ 'model.zip': 'x' })).toMatchObject({ files: [], others: ['model.zip'] });
  });
});
