import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describeWithAssets } from '../../scripts/testing/assets.ts';
import { EngineError } from '../base/errors.ts';
import { chatTemplate } from './chat-template.ts';
import { budgetedTemplate, TEMPLATE_LIMITS } from './template-interpreter.ts';

const user = { role: 'user', content: 'Hi' };
const limits = (source: string) => {
  const template = budgetedTemplate(source);
  expect(() => template.render({ messages: [user] }, 1, 2)).toThrow(
    expect.objectContaining({ code: 'model-limit', who: 'chat template' }),
  );
  // The sizes are paid before anything is made, so the budget is exceeded by one operation at most.
  expect(template.cost.steps).toBeLessThanOrEqual(
    TEMPLATE_LIMITS.steps + TEMPLATE_LIMITS.stepsPerMessage + 1,
  );
};

const double = (name: string, expression: string, times: number) =>
  `{% set ns = namespace(${name}='ab') %}{% for i in range(${times}) %}{% set ns.${name} = ${expression} %}{% endfor %}`;
const pairs = (times: number) =>
  `{% set ns = namespace(a=[1]) %}{% for i in range(${times}) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}`;

describe('a template that would run for ever, or make gigabytes, stops at its budget', () => {
  test.each([
    ['nested loops', '{% for a in range(9999) %}{% for b in range(9999) %}{{ a }}{% endfor %}{% endfor %}'],
    ['a range of a billion', '{% for a in range(10**9) %}{% endfor %}'],
    ['a range of infinity', '{{ range(1, 10**300) }}'],
    ['a range with small steps', '{{ range(0, 10**9, 1) | length }}'],
    ['a macro that calls itself', '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}'],
    [
      'a macro that calls itself twice',
      '{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}{% endmacro %}{{ m(60) }}',
    ],
    ['a text doubled with ~', `${double('x', 'ns.x ~ ns.x', 60)}{{ ns.x }}`],
    ['a text doubled with +', `${double('x', 'ns.x + ns.x', 60)}{{ ns.x }}`],
    ['a text doubled by replace', `${double('x', "ns.x.replace('a', 'aa')", 60)}`],
    ['a text doubled by a filter', `${double('x', "ns.x | replace('a', ns.x)", 60)}`],
    ['a replaced empty text', `${double('x', 'ns.x ~ ns.x', 17)}{{ ns.x.replace('', ns.x) | length }}`],
    [
      'a method kept in a variable',
      `${double('x', 'ns.x ~ ns.x', 17)}{% set f = ns.x.replace %}{{ f('', ns.x) | length }}`,
    ],
    [
      'replace in a block',
      `${double('x', 'ns.x ~ ns.x', 17)}{% filter replace('a', ns.x) %}{{ ns.x }}{% endfilter %}`,
    ],
    ['join with a long separator', `${double('x', 'ns.x ~ ns.x', 17)}{{ ns.x | join(ns.x) | length }}`],
    [
      'join with a named separator',
      `${double('x', 'ns.x ~ ns.x', 17)}{{ ns.x | join(separator=ns.x) | length }}`,
    ],
    ['an indentation of a billion', "{{ 'a' | indent(10**9) }}"],
    ['an indentation of a billion, by name', "{{ 'a' | indent(width=10**9) }}"],
    ['JSON with an indentation of a billion', '{{ [[1]] | tojson(indent=10**9) }}'],
    ['JSON of a tree of pairs', `${pairs(60)}{{ ns.a | tojson }}`],
    ['the words of a tree of pairs', `${pairs(60)}{{ ns.a | wordcount }}`],
    ['the least of trees of pairs', `${pairs(60)}{{ [ns.a, ns.a] | min }}`],
    ['trees of pairs put in order', `${pairs(60)}{{ ns.a <= ns.a }}`],
    ['a tree of pairs tested', `${pairs(60)}{{ ns.a is eq(ns.a) }}`],
    ['trees of pairs selected', `${pairs(60)}{{ [ns.a] | select('eq', ns.a) | list | length }}`],
    ['a tree of pairs written out', `${pairs(60)}{{ ns.a }}`],
    ['a tree of pairs joined to a text', `${pairs(60)}{% set x = ns.a ~ 'x' %}`],
    ['a tree of pairs compared with a text', `${pairs(60)}{{ ns.a == 'x' }}`],
    ['a tree of pairs joined', `${pairs(60)}{{ ns.a | join }}`],
    ['a tree of pairs as a text', `${pairs(60)}{{ ns.a | string | length }}`],
    ['namespaces that hold each other', '{% set a = namespace() %}{% set a.x = a %}{{ a }}'],
    [
      'a list doubled',
      '{% set ns = namespace(a=[1]) %}{% for i in range(60) %}{% set ns.a = ns.a + ns.a %}{% endfor %}',
    ],
    [
      'a list sorted again and again',
      '{% set a = range(20000) %}{% for i in range(5000) %}{% set b = a | sort(reverse=true) %}{% endfor %}',
    ],
    ['a text split into letters', `${double('x', 'ns.x ~ ns.x', 20)}{{ ns.x.split('a') | length }}`],
    [
      'a large macro defined again and again',
      `{% for i in range(30000) %}{% macro m() %}${'{{ a + b }}'.repeat(500)}{% endmacro %}{% endfor %}`,
    ],
    ['nested expressions', `{{ ${'('.repeat(300)}1${' + 1)'.repeat(300)} }}`],
  ])('%s', (_, source) => limits(source));

  test('the error reaches the caller, also where a known format could replace the template', () => {
    const jinja = '{% for a in range(10**9) %}{% endfor %}';
    const known = { name: 'x', jinja: '{{ messages[0].content }}', special: false };
    expect(() => chatTemplate({ jinja, known }).render([user])).toThrow(
      expect.objectContaining({ code: 'model-limit' }),
    );
  });

  test.each([
    ['long', 'a'.repeat(TEMPLATE_LIMITS.source + 1)],
    ['blank', `a${' '.repeat(TEMPLATE_LIMITS.blanks + 1)}{% generation %}`],
  ])('a template that is too %s is not parsed', (_, source) => {
    expect(() => budgetedTemplate(source)).toThrow(expect.objectContaining({ code: 'model-limit' }));
  });
});

test('a long template of many parts is rendered', () => {
  const many = 'a '.repeat(TEMPLATE_LIMITS.source / 2);
  expect(budgetedTemplate(many).render({}, 0, 0)).toBe(many);
});

test('functions of templates do what they do in Python', () => {
  const rendered = (source: string) => budgetedTemplate(source).render({}, 0, 0);
  expect(rendered('{{ range(3) }} {{ range(1, 4) }} {{ range(5, 0, -2) }} {{ range(2, 2) }}')).toBe(
    '[0, 1, 2] [1, 2, 3] [5, 3, 1] []',
  );
  expect(rendered("{{ strftime_now('%Y %B %q %%') }}")).toMatch(/^20\d\d [A-Z][a-z]+ %q %$/);
  expect(rendered("{{ True }} {{ none is none }} {{ 'a.b'.split('.') | join('-') }} {{ 'x' | upper }}")).toBe(
    'True True a-b X',
  );
});

describeWithAssets('published templates', ['chat-templates'], (folder) => {
  const names = readdirSync(folder as string).filter((n) => n.endsWith('.jinja'));
  const dialogue = (turns: number, content: string) =>
    Array.from({ length: turns }, (_, i) => ({
      role: i % 2 === 0 ? 'user' : 'assistant',
      content: `${content} ${i}`,
    }));
  const outcome = (render: () => string) => {
    try {
      return render();
    } catch (error) {
      expect(error).not.toBeInstanceOf(EngineError);
      return (error as Error).message;
    }
  };

  test.each(names)('%s is rendered far below its budgets', (name) => {
    const source = readFileSync(`${folder}/${name}`, 'utf8');
    const template = budgetedTemplate(source);
    for (const messages of [
      dialogue(1, 'Hi'),
      dialogue(31, 'a few words '.repeat(40)),
      dialogue(1, 'long '.repeat(10_000)),
    ]) {
      const units = messages.reduce((sum, { content }) => sum + content.length, 0);
      const variables = { bos_token: '<s>', eos_token: '</s>', messages, add_generation_prompt: true };
      const raise_exception = (why: unknown) => {
        throw new Error(String(why));
      };
      outcome(() => template.render({ ...variables, raise_exception }, messages.length, units));
      const { size, sizePerUnit, sizePerUnitAndMessage, steps } = TEMPLATE_LIMITS;
      const budget = size + (sizePerUnit + sizePerUnitAndMessage * messages.length) * units;
      expect(template.cost.size).toBeLessThan(budget / 2);
      expect(template.cost.steps).toBeLessThan(steps / 2);
    }
  });
});
