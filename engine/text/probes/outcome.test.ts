/** What is said of a template, whatever it does with a dialogue. */
import { expect, test } from 'vitest';
import { chatTemplate } from '../chat-template.ts';
import { knownTemplate } from '../known-templates.ts';
import { readReport } from './outcome.ts';

const known = knownTemplate({ ends: ['<|im_end|>'] });
const LOOP = '{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}';
const dialogue = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hi' },
];

test('a template that renders every part', () => {
  expect(chatTemplate({ jinja: LOOP, known }).outcome).toEqual({ own: 'rendered' });
});

test.each([
  ['leaves out', '{% if m.role != "system" %}<{{ m.role }}>{{ m.content }}{% endif %}'],
  [
    'refuses',
    '{% if m.role == "system" %}{{ raise_exception("no") }}{% endif %}<{{ m.role }}>{{ m.content }}',
  ],
])('a system text that a template %s stands before the question', (_, body) => {
  const template = chatTemplate({ jinja: `{% for m in messages %}${body}{% endfor %}` });
  expect(template.outcome).toEqual({ own: 'rendered', without: ['system'] });
  expect(template.render(dialogue).text).toBe('<user>Be brief.\n\nHi');
});

test('a template that knows one question only', () => {
  const { outcome } = chatTemplate({ jinja: '{{ messages[-1].content }}' });
  expect(outcome).toEqual({ own: 'rendered', without: ['system', 'earlier'] });
});

test('a template that refuses a plain question is not replaced', () => {
  const jinja = `{# first #}\n{{ raise_exception('tools are needed') }}`;
  const template = chatTemplate({ jinja, known });
  expect(template.outcome).toEqual({
    own: 'refused',
    problem: 'tools are needed',
    line: 2,
    near: "{{ raise_exception('tools are needed') }}",
  });
  expect(() => template.render(dialogue)).toThrow(expect.objectContaining({ code: 'template-failed' }));
});

test('no template: the known format of the family stands in, or none', () => {
  expect(chatTemplate({ known }).outcome).toEqual({ own: 'absent', standIn: 'ChatML' });
  expect(chatTemplate({}).outcome).toEqual({ own: 'absent' });
});

test.each([
  ['cannot be read', '{{ bos_token }}\n{{ a & b }}', 2, '{{ a & b }}'],
  ['ends too soon', '{{ bos_token }}\n{% if a %}\n{{ b }}', 3, '{{ b }}'],
  ['breaks the grammar', 'a\n\n{% for m messages %}{% endfor %}', 3, '{% for m messages %}'],
  [
    'has unknown statements',
    'x\n{% generation %}\n{% endgeneration %}\n{% include "a" %}',
    4,
    '{% include "a" %}',
  ],
  [
    'calls what is not given',
    "{# {{ a }} #}\n{% set s = 'a{{b\\n' %}\n{% for m in messages %}\n{%- if m %}x{% else %}y{% endif %}\n{{- fetch(m) }}{% endfor %}",
    5,
    '{{- fetch(m) }}',
  ],
  ['has texts in quotes', "{{ 'a\\n' }}\n{#- x #}{{ '{{' }}\n{{ fetch(1) }}", 3, '{{ fetch(1) }}'],
  [
    'has an unknown filter, in a macro',
    '{% macro f(x) %}\n{{ x | xmlattr }}\n{% endmacro %}\n{{ f(1) }}',
    2,
    '{{ x | xmlattr }}',
  ],
])(
  'a template that %s: the words of the interpreter, the place, and what stands in',
  (_, jinja, line, near) => {
    const { outcome } = chatTemplate({ jinja, known });
    expect(outcome).toMatchObject({ own: 'failed', standIn: 'ChatML', line, near });
    expect(outcome.problem).toMatch(/\w{4}/);
    expect(chatTemplate({ jinja }).outcome.standIn).toBeUndefined();
    expect(readReport(JSON.parse(JSON.stringify(outcome)))).toEqual(outcome);
  },
);

test('a stored report of another form is none', () => {
  for (const other of [undefined, null, 3, {}, { own: 'x' }, { own: 'failed', problem: 'a'.repeat(400) }])
    expect(readReport(other)).toBeUndefined();
  expect(readReport({ own: 'absent', endless: true })).toEqual({ own: 'absent', endless: true });
});
