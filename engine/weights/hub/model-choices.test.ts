import { expect, test } from 'vitest';
import { fileOfQuantisation, partNames, quantisationIn } from '../sources/gguf-names.ts';
import { bitsOf, choicesIn, isReadable } from './model-choices.ts';

test.each([
  ['Qwen3-0.6B-Q4_K_M.gguf', 'Q4_K_M'],
  ['qwen2.5-0.5b-instruct-q8_0.gguf', 'Q8_0'],
  ['UD-Q4_K_XL/x-UD-Q4_K_XL-00001-of-00003.gguf', 'UD-Q4_K_XL'],
  ['x.IQ3_XXS.gguf', 'IQ3_XXS'],
  ['x-IQ4_NL.gguf', 'IQ4_NL'],
  ['x-bf16.gguf', 'BF16'],
  ['x-fp16.gguf', 'F16'],
  ['x_f32.gguf', 'F32'],
  ['Q6_K/model.gguf', 'Q6_K'],
  ['x-Q4_0_4_4.gguf', 'Q4_0_4_4'],
  ['x-MXFP4.gguf', 'MXFP4'],
  ['x-Q2_K_L.gguf', 'Q2_K_L'],
  ['x-TQ1_0.gguf', 'TQ1_0'],
  ['ggml-model.gguf', undefined],
])('the number format of %s is %s', (path, expected) => {
  expect(quantisationIn(path)).toBe(expected);
});

test('knows which formats can be read, and their size', () => {
  for (const name of ['Q4_K_M', 'Q8_0', 'Q4_0', 'Q6_K', 'UD-Q4_K_XL', 'BF16', 'F16', undefined])
    expect(isReadable(name), name).toBe(true);
  for (const name of ['IQ1_S', 'Q4_0_4_4']) expect(isReadable(name), name).toBe(false);
  expect([bitsOf('Q8_0'), bitsOf('BF16'), bitsOf('F32')]).toEqual([8.5, 16, 32]);
  expect(bitsOf('Q4_K_M')).toBeCloseTo(4.8);
  expect(bitsOf('Q1_0')).toBe(1.125);
});

const file = (path: string, bytes = 100) => ({ path, bytes });

test('finds folders of safetensors, without adapters, parts of pictures and copies', () => {
  const files = [
    file('config.json'),
    file('model-00001-of-00002.safetensors', 1000),
    file('model-00002-of-00002.safetensors', 600),
    file('consolidated.safetensors', 1600),
    file('adapter_model.safetensors'),
    file('awq-4bit/config.json'),
    file('awq-4bit/model.safetensors', 400),
    file('onnx/model.onnx', 9000),
    file('web/mlc-chat-config.json'),
    file('web/params_shard_0.bin', 300),
  ];
  const found = choicesIn(files, (path) => `at ${path}`);
  expect(
    found.map(({ label, address, bytes, storedBytes, files: n }) => [label, address, bytes, storedBytes, n]),
  ).toEqual([
    ['safetensors', 'at ', 1600, 550, 2],
    ['awq-4bit', 'at awq-4bit/', 400, 400, 1],
    ['web', 'at web/', 300, 300, 1],
  ]);
});

test('finds quantisations by size; models of one format by their names', () => {
  const files = [file('b-Q8_0.gguf', 800), file('a-Q4_0.gguf', 450), file('b-Q4_0.gguf', 460)];
  const found = choicesIn(files, (path) => path);
  expect(found.map(({ label }) => label)).toEqual(['a-Q4_0', 'b-Q4_0', 'Q8_0']);
  expect(choicesIn([file('README.md'), file('x.bin')], (path) => path)).toEqual([]);
});

test('a quantisation is named without regard to case', () => {
  const paths = ['x-Q4_K_M.gguf', 'x-UD-Q5_K_XL.gguf', 'mmproj-Q8_0.gguf'];
  expect(fileOfQuantisation(paths, 'q4_k_m')).toBe('x-Q4_K_M.gguf');
  expect(fileOfQuantisation(paths, 'Q5_K_XL')).toBe('x-UD-Q5_K_XL.gguf');
  expect(fileOfQuantisation(paths, 'Q8_0')).toBeUndefined();
});

test('a part of a split file names the others', () => {
  const names = ['x-00001-of-00002.gguf', 'x-00002-of-00002.gguf'];
  expect(partNames('x-00001-of-00002.gguf')).toEqual(names);
  expect(partNames('x-00002-of-00002.gguf')).toEqual(names);
  expect(partNames('x.gguf')).toEqual(['x.gguf']);
});

test.each([
  ['mlx-community/Qwen3-1.7B-4bit', true],
  ['org/Llama-3.2-1B-Instruct-quantized.w4a16', true],
  ['unsloth/Llama-3.2-1B-bnb-4bit', true],
  ['Qwen/Qwen3-1.7B-FP8', true],
  ['Qwen/Qwen3-0.6B-GPTQ-Int8', true],
  ['org/Model-AWQ', true],
  ['org/Model-7B-Instruct', false],
])('%s: quantised by its name: %s', (repository, packed) => {
  const files = [file('config.json'), file('model.safetensors', 1600)];
  const [found] = choicesIn(files, (path) => path, repository);
  expect(found?.storedBytes).toBe(packed ? 1600 : 550);
});
