import { expect, test } from 'vitest';
import { missingFrom, WEIGHTS, withEarlier } from './two-goes.ts';

const picked = (name: string, ...paths: string[]) => ({
  name,
  files: paths.map((path) => ({ path, file: new File(['x'], path) })),
  others: [],
});
const loose = (...paths: string[]) => picked('', ...paths);
const paths = ({ files }: ReturnType<typeof withEarlier>) => files.map(({ path }) => path).sort();

test.each([
  [['config.json', 'tokenizer.json'], [WEIGHTS]],
  [['model.safetensors'], ['config.json', 'tokenizer.json']],
  [['config.json', 'tokenizer.model', 'model.safetensors'], []],
  [
    ['config.json', 'tokenizer.json', 'model-00002-of-00003.safetensors'],
    ['model-00001-of-00003.safetensors', 'model-00003-of-00003.safetensors'],
  ],
  [['x-Q4_K_M-00001-of-00002.gguf'], ['x-Q4_K_M-00002-of-00002.gguf']],
  [['x-00002-of-00002.gguf', 'x-00001-of-00002.gguf', 'y-00001-of-00002.gguf'], []],
  [['x.gguf', 'mmproj-x.gguf'], []],
  [['manifest.json', 'weights.bin'], []],
  [['mlc-chat-config.json', 'tokenizer.json', 'params_shard_0.bin'], []],
  [['package.json'], ['config.json', 'tokenizer.json', WEIGHTS]],
])('%j lacks %j', (names, missing) => {
  expect(missingFrom(loose(...names))).toEqual(missing);
  expect(missingFrom(picked('m', ...names.map((name) => `m/${name}`)))).toEqual(missing);
});

test('files of two goes come together, whichever comes first; a whole model stays alone', () => {
  const small = loose('config.json', 'tokenizer.json');
  const weights = loose('model-00001-of-00002.safetensors');
  const rest = loose('model-00002-of-00002.safetensors');
  for (const [first, second, third] of [
    [small, weights, rest],
    [rest, small, weights],
  ] as const) {
    const two = withEarlier(first, second);
    expect(missingFrom(two)).toHaveLength(1);
    const all = withEarlier(two, third);
    expect(missingFrom(all)).toEqual([]);
    expect(all.files).toHaveLength(4);
  }
  expect(paths(withEarlier(small, loose('x.gguf')))).toEqual(['x.gguf']);
  expect(paths(withEarlier(small, loose('config.json')))).toEqual(['config.json', 'tokenizer.json']);
});

test('loose files join a folder, and two folders stay apart', () => {
  const folder = picked('wren', 'wren/config.json', 'wren/tokenizer.json');
  const weights = loose('model.safetensors');
  const whole = ['wren/config.json', 'wren/model.safetensors', 'wren/tokenizer.json'];
  expect(paths(withEarlier(folder, weights))).toEqual(whole);
  expect(paths(withEarlier(weights, folder))).toEqual(whole);
  expect(withEarlier(weights, folder).name).toBe('wren');
  const other = picked('finch', 'finch/model.safetensors');
  expect(paths(withEarlier(folder, other))).toEqual(['finch/model.safetensors']);
});
