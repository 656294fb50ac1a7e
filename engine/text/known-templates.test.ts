/** Tests the bundled formats against literal texts and against the templates that the vendors publish. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describeWithAssets } from '../../scripts/testing/assets.ts';
import { chatTemplate } from './chat-template.ts';
import { knownTemplate } from './known-templates.ts';

const DIALOGUE = [
  { role: 'user', content: 'What is a siskin?' },
  { role: 'assistant', content: 'A small finch.' },
  { role: 'user', content: 'Where does it live?' },
];
const WITH_SYSTEM = [{ role: 'system', content: 'Answer in one line.' }, ...DIALOGUE];

const rendered = (format: Parameters<typeof knownTemplate>[0], messages = DIALOGUE) =>
  chatTemplate({ known: knownTemplate(format), bosToken: '<bos>' }).render(messages);

describe('literal texts', () => {
  test('Llama 3 uses header tokens', () => {
    expect(rendered({ ends: ['<|end_of_text|>', '<|eot_id|>'] }, WITH_SYSTEM)).toMatchObject({
      special: false,
      text:
        '<bos><|start_header_id|>system<|end_header_id|>\n\nAnswer in one line.<|eot_id|>' +
        '<|start_header_id|>user<|end_header_id|>\n\nWhat is a siskin?<|eot_id|>' +
        '<|start_header_id|>assistant<|end_header_id|>\n\nA small finch.<|eot_id|>' +
        '<|start_header_id|>user<|end_header_id|>\n\nWhere does it live?<|eot_id|>' +
        '<|start_header_id|>assistant<|end_header_id|>\n\n',
    });
  });

  test('ChatGLM2 uses numbered rounds and needs the tokenizer’s special tokens', () => {
    expect(rendered({ ends: ['</s>'], modelType: 'chatglm' })).toMatchObject({
      special: true,
      text: '[Round 1]\n\n问：What is a siskin?\n\n答：A small finch.\n\n[Round 2]\n\n问：Where does it live?\n\n答：',
    });
    const first = rendered({ ends: [], modelType: 'chatglm' }, WITH_SYSTEM.slice(0, 2));
    expect(first.text).toBe('[Round 1]\n\n问：Answer in one line.\n\nWhat is a siskin?\n\n答：');
  });

  test('ChatGLM3 and GLM-4 use role tokens', () => {
    const glm3 = rendered({ ends: ['</s>'], modelType: 'chatglm', origin: 'THUDM/chatglm3-6b' });
    expect(glm3.text).toBe(
      '<|user|>\n What is a siskin?<|assistant|>\n A small finch.<|user|>\n Where does it live?<|assistant|>',
    );
    expect(rendered({ ends: ['<|endoftext|>', '<|user|>', '<|observation|>'] }).text).toMatch(
      /^\[gMASK\]<sop><\|user\|>\nWhat/,
    );
  });

  test('a model with other end tokens has no format', () => {
    expect(knownTemplate({ ends: ['</s>', '<|endoftext|>', 'toString'], modelType: 'llama' })).toBe(
      undefined,
    );
  });
});

describeWithAssets('published templates of known formats', ['chat-templates'], (folder) => {
  test.each([
    ['Qwen-Qwen2.5-7B-Instruct', '<|im_end|>', WITH_SYSTEM],
    ['Qwen-Qwen3-0.6B', '<|im_end|>', WITH_SYSTEM],
    ['google-gemma-2-2b-it', '<end_of_turn>', DIALOGUE],
    ['google-gemma-2-2b-it', '<end_of_turn>', WITH_SYSTEM],
    ['microsoft-Phi-3.5-mini-instruct', '<|end|>', WITH_SYSTEM],
  ])('%s, ending with %s, renders the same', (name, end, messages) => {
    const jinja = readFileSync(`${folder}/${name}.jinja`, 'utf8');
    const published = chatTemplate({ jinja, bosToken: '<bos>', eosToken: end }).render(messages);
    expect(rendered({ ends: [end] }, messages)).toEqual(published);
  });

  test('Qwen3 renders the same with thinking disabled', () => {
    const jinja = readFileSync(`${folder}/Qwen-Qwen3-0.6B.jinja`, 'utf8');
    const known = knownTemplate({ ends: ['<|im_end|>'], modelType: 'qwen3' });
    const [ours, published] = [{ known }, { jinja }].map((files) =>
      chatTemplate({ ...files, thinking: false }).render(WITH_SYSTEM),
    );
    expect(ours).toEqual(published);
  });

  test('Llama 3.1 renders the same except for the dates that it adds', () => {
    const jinja = readFileSync(`${folder}/meta-llama-Llama-3.1-8B-Instruct.jinja`, 'utf8');
    const published = chatTemplate({ jinja, bosToken: '<bos>' }).render(WITH_SYSTEM).text;
    const plain = published.replace(/Cutting Knowledge Date: .*\nToday Date: .*\n\n/, '');
    expect(rendered({ ends: ['<|eot_id|>'] }, WITH_SYSTEM).text).toBe(plain);
  });
});
