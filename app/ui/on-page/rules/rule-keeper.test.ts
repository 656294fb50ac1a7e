import { expect, it } from 'vitest';
import type { PageRules } from '../../../protocol/page/page-rules.ts';
import type { Selected } from '../../../page/read/selected.ts';
import { RuleKeeper } from './rule-keeper.ts';

async function keeperOf(rules: PageRules) {
  const keeper = new RuleKeeper({
    site: 'example.org',
    ask: async () => rules,
    set: async () => {},
    allow: async () => true,
    languageOf: async ({ lang }) => lang,
  });
  await keeper.load();
  return keeper;
}

const selected = (kind: Selected['kind'], lang: string): Selected => ({
  kind,
  text: 'gate',
  lang,
  box: () => ({ left: 0, top: 0, right: 0, bottom: 0 }),
  replace: undefined,
  start: { node: {} as Node, offset: 0 },
});

it.each([
  [{ always: [], never: [] }, 'page', 'en', true],
  [{ always: [], never: ['en'] }, 'page', 'en-GB', false],
  [{ always: [], never: ['en'] }, 'page', 'fr', true],
  // What a person writes in their language is offered for the page's.
  [{ always: [], never: ['en'] }, 'written', 'en', true],
  [{ site: 'never', always: [], never: [] }, 'page', 'fr', false],
  [{ site: 'never', always: [], never: [] }, 'written', 'fr', false],
] as const)('with %o, a selection (%s, %s) is offered: %s', async (rules, kind, lang, offered) => {
  const keeper = await keeperOf(rules);
  expect(await keeper.mayOffer(selected(kind, lang))).toBe(offered);
});

it('looks at a page only where a rule may translate it', async () => {
  expect((await keeperOf({ always: [], never: ['en'] })).mayTranslate).toBe(false);
  expect((await keeperOf({ site: 'never', always: ['en'], never: [] })).mayTranslate).toBe(false);
  expect((await keeperOf({ site: 'always', always: [], never: [] })).mayTranslate).toBe(true);
  expect((await keeperOf({ always: ['en'], never: [] })).mayTranslate).toBe(true);
});
