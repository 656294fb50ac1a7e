import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describeWithAssets } from '../../scripts/testing/assets.ts';
import { EngineError } from '../base/errors.ts';
import { chatTemplate } from './chat-template.ts';
import { knownTemplate } from './known-templates.ts';

const user = { role: 'user', content: 'Hi' };
const CHATML = knownTemplate({ ends: ['<|im_end|>'] });
const system = { role: 'system', content: 'Be brief.' };

test('uses the template of the config, a string or the list entry named default', () => {
  const template =
    '{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}';
  const expected = '<s><user>Hi<assistant>';
  expect(chatTemplate({ config: { chat_template: template }, bosToken: '<s>' }).render([user]).text).toBe(
    expected,
  );
  const list = [
    { name: 'tool_use', template: 'no' },
    { name: 'default', template },
  ];
  expect(chatTemplate({ config: { chat_template: list }, bosToken: '<s>' }).render([user]).text).toBe(
    expected,
  );
  expect(chatTemplate({ jinja: 'J', config: { chat_template: template } }).render([user]).text).toBe('J');
});

test('joins the contents without a template', () => {
  const plain = chatTemplate({});
  expect(plain.own).toBe(false);
  expect(plain.render([system, user])).toMatchObject({ text: 'Be brief.\n\nHi', special: true });
});

test('moves the system text into the first user message if the template refuses a system message', () => {
  const jinja =
    "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}{{ messages[0].content }}";
  expect(chatTemplate({ jinja }).render([system, user]).text).toBe('Be brief.\n\nHi');
});

test('the error contains the reason of a template that refuses a dialogue', () => {
  const refuses = chatTemplate({ jinja: "{{ raise_exception('roles must alternate') }}", known: CHATML });
  expect(() => refuses.render([user])).toThrow(EngineError);
  expect(() => refuses.render([user])).toThrow(/chat template.*roles must alternate/);
});

test('defines enable_thinking only if the caller sets it', () => {
  const jinja = '{{ "asked" if enable_thinking is defined else "open" }} {{ enable_thinking }}';
  const of = (thinking?: boolean) => chatTemplate({ jinja, thinking }).render([user]).text;
  expect([of(), of(false), of(true)]).toEqual(['open ', 'asked False', 'asked True']);
});

describe.each([
  ['cannot be parsed', '{% for %}'],
  ['calls a function that it is not given', '{{ fetch("x") }}'],
  ['uses a filter that the interpreter lacks', '{{ messages | xmlattr }}'],
])('a template that %s', (_, jinja) => {
  test('is replaced by the known format, or by plain text without one', () => {
    const known = chatTemplate({ jinja, known: CHATML }).render([user]);
    expect(known).toMatchObject({
      text: '<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n',
      special: false,
    });
    expect(chatTemplate({ jinja }).render([user])).toMatchObject({ text: 'Hi', special: true });
  });
});

describeWithAssets('published templates', ['chat-templates'], (folder) => {
  const names = readdirSync(folder as string).filter((n) => n.endsWith('.jinja'));
  test.each(names)('%s renders or throws template-failed', (name) => {
    const template = chatTemplate({
      jinja: readFileSync(`${folder}/${name}`, 'utf8'),
      bosToken: '<s>',
      eosToken: '</s>',
    });
    try {
      expect(template.render([system, user]).text).toContain('Hi');
    } catch (error) {
      expect((error as EngineError).code).toBe('template-failed');
    }
  });

  const end = (name: string, thinking?: boolean) =>
    chatTemplate({ jinja: readFileSync(`${folder}/${name}.jinja`, 'utf8'), thinking })
      .render([user])
      .text.slice(-60);
  test.each([
    ['Qwen-Qwen3-0.6B', '<|im_start|>assistant\n', '<think>\n\n</think>\n\n'],
    ['HuggingFaceTB-SmolLM3-3B', '<|im_start|>assistant\n', '<think>\n\n</think>\n'],
    ['GLM-4.6', '<|assistant|>', '\n<think></think>'],
    ['Qwen3.5-4B', '<|im_start|>assistant\n<think>\n', '\n</think>\n\n'],
  ])('%s thinks unless thinking is disabled', (name, plain, off) => {
    expect(end(name).endsWith(plain)).toBe(true);
    expect(end(name, false).endsWith(off)).toBe(true);
  });
});
