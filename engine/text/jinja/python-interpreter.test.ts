/** Templates give what Python's Jinja gives. The goldens are written by `scripts/goldens/templates.py`. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeWithAssets } from '../../../scripts/testing/assets.ts';
import { budgetedTemplate } from '../template-interpreter.ts';

interface Goldens {
  readonly tokens: Readonly<Record<string, string>>;
  readonly snippets: readonly { readonly source: string; readonly expected: string | null }[];
  readonly dialogues: readonly (readonly { readonly role: string; readonly content: string }[])[];
  readonly published: Readonly<Record<string, readonly (string | null)[]>>;
}

const goldens = JSON.parse(
  readFileSync(new URL('../../conformance/published/templates.json', import.meta.url), 'utf8'),
) as Goldens;

function rendered(source: string, messages: Goldens['dialogues'][number]): string {
  const variables = {
    ...goldens.tokens,
    messages,
    add_generation_prompt: true,
    tools: null,
    documents: null,
  };
  const raise_exception = (why: unknown) => {
    throw new Error(String(why));
  };
  const units = messages.reduce((sum, { content }) => sum + content.length, 0);
  return budgetedTemplate(source).render({ ...variables, raise_exception }, messages.length, units);
}

test.each(goldens.snippets)('$source', ({ source, expected }) => {
  expect(rendered(source, [{ role: 'user', content: 'Hi there' }])).toBe(expected);
});

test.each([
  ['iterates null', '{% for x in none %}{% endfor %}'],
  ['takes the length of null', '{{ none | length }}'],
  ['iterates a number', '{{ 3 | list }}'],
  ['looks into null', '{{ 1 in none }}'],
  ['uses an unknown test', '{{ 1 is wonderful }}'],
  ['uses an unknown filter', '{{ 1 | wonderful }}'],
])('a template that %s fails, as in Python', (_, source) => {
  expect(() => rendered(source, [])).toThrow(Error);
});

describeWithAssets('published templates', ['chat-templates'], (folder) => {
  test.each(Object.entries(goldens.published))('%s writes what it writes in Python', (name, expected) => {
    const source = readFileSync(`${folder}/${name}`, 'utf8');
    for (const [i, dialogue] of goldens.dialogues.entries()) {
      // Templates that refuse a dialogue in Python may be read more leniently here.
      if (expected[i] === null) continue;
      const hash = createHash('sha256').update(rendered(source, dialogue)).digest('hex').slice(0, 16);
      expect([i, hash]).toEqual([i, expected[i]]);
    }
  });
});
