import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeWithAssets } from '../../scripts/testing/assets.ts';
import { LinnetError } from '../base/errors.ts';
import { chatTemplate } from './chat-template.ts';

const user = { role: 'user', content: 'Hi' };
const system = { role: 'system', content: 'Be brief.' };

test('template of the config, as a text or by the name default', () => {
  const template =
    '{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}';
  const expected = '<s><user>Hi<assistant>';
  expect(chatTemplate({ config: { chat_template: template }, bosToken: '<s>' }).render([user])).toBe(
    expected,
  );
  const list = [
    { name: 'tool_use', template: 'no' },
    { name: 'default', template },
  ];
  expect(chatTemplate({ config: { chat_template: list }, bosToken: '<s>' }).render([user])).toBe(expected);
  expect(chatTemplate({ jinja: 'J', config: { chat_template: template } }).render([user])).toBe('J');
});

test('without a template the contents are joined', () => {
  const plain = chatTemplate({});
  expect(plain.own).toBe(false);
  expect(plain.render([system, user])).toBe('Be brief.\n\nHi');
});

test('a template that refuses a system message gets it with the first question', () => {
  const jinja =
    "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}{{ messages[0].content }}";
  expect(chatTemplate({ jinja }).render([system, user])).toBe('Be brief.\n\nHi');
});

test.each([
  ['a template that cannot be parsed', '{% for %}', /chat template/],
  ['a template that refuses', "{{ raise_exception('roles must alternate') }}", /roles must alternate/],
  ['a template that reaches for more', '{{ fetch("x") }}', /chat template/],
])('%s', (_, jinja, says) => {
  const act = () => chatTemplate({ jinja }).render([user]);
  expect(act).toThrow(LinnetError);
  expect(act).toThrow(says);
});

describeWithAssets('published templates', ['chat-templates'], (folder) => {
  const names = readdirSync(folder as string).filter((n) => n.endsWith('.jinja'));
  test.each(names)('%s renders or says why not', (name) => {
    const template = chatTemplate({
      jinja: readFileSync(`${folder}/${name}`, 'utf8'),
      bosToken: '<s>',
      eosToken: '</s>',
    });
    try {
      expect(template.render([system, user])).toContain('Hi');
    } catch (error) {
      expect((error as LinnetError).code).toBe('template-failed');
    }
  });
});
