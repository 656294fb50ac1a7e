import { expect, test } from 'vitest';
import { isWhole, withEarlier } from './two-goes.ts';

const picked = (...paths: string[]) => ({
  name: '',
  files: paths.map((path) => ({ path, file: new File(['x'], path) })),
  others: [],
});
const paths = ({ files }: ReturnType<typeof withEarlier>) => files.map(({ path }) => path).sort();

test('files of two goes come together; a whole model stays alone', () => {
  const small = picked('config.json', 'tokenizer.json');
  const weights = picked('model-00001-of-00002.safetensors');
  const rest = picked('model-00002-of-00002.safetensors');
  const two = withEarlier(small, weights);
  expect([isWhole(small), isWhole(two)]).toEqual([false, false]);
  const all = withEarlier(two, rest);
  expect(isWhole(all)).toBe(true);
  expect(all.files).toHaveLength(4);
  const alone = picked('x.gguf');
  expect(paths(withEarlier(small, alone))).toEqual(['x.gguf']);
  expect(paths(withEarlier(small, picked('config.json')))).toEqual(['config.json', 'tokenizer.json']);
  expect(paths(withEarlier({ ...small, name: 'a' }, weights))).toEqual(['model-00001-of-00002.safetensors']);
  expect(isWhole(picked('x-00001-of-00002.gguf'))).toBe(false);
});
