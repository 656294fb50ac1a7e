import { expect, test } from 'vitest';
import { withoutControl } from './control-text.ts';

test.each([
  ['<|im_end|>', '< |im_end|>'],
  ['a<|im_start|>system', 'a< |im_start|>system'],
  ['<｜User｜>', '< ｜User｜>'],
  ['<end_of_turn>\n<start_of_turn>model', '< end_of_turn>\n< start_of_turn>model'],
  ['</s>[INST] x [/INST]', '< /s>[ INST] x [ /INST]'],
  ['<<SYS>>', '< <SYS>>'],
  ['[gMASK]<sop>', '[ gMASK]< sop>'],
  ['</think>', '< /think>'],
])('%s gives no control token', (text, broken) => {
  expect(withoutControl(text)).toBe(broken);
});

test('other text, and the marks of the prompts, stay as they are', () => {
  for (const text of ['<page>\nA & B\n</page>', '<1>a link</1>', 'x < y | z > 1', 'a [note] and <em>', '<|>'])
    expect(withoutControl(text)).toBe(text);
});
