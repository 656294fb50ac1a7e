/** Looks up the rules of a page, and changes one. Pure. */
import type {
  PageRules,
  ReportedRules,
  Rule,
  RuleAbout,
  RuleSettings,
} from '../../protocol/page/page-rules.ts';
import { sameLanguage } from '../language.ts';
import { siteOf } from './sites.ts';

type Rules = Readonly<Record<string, Rule>>;

/** What the page at this address may know. */
export function rulesOfPage(
  { siteRules, languageRules = {}, hoverKey, language, often = [] }: ReportedRules,
  url?: string,
): PageRules {
  const site = siteOf(url);
  const own = site === undefined ? undefined : ruleAt(siteRules, site);
  const withRule = (wanted: Rule) =>
    Object.entries(languageRules).flatMap(([language, rule]) => (rule === wanted ? [language] : []));
  return {
    ...(own === undefined ? {} : { site: own }),
    always: withRule('always'),
    never: withRule('never'),
    ...(hoverKey === undefined ? {} : { hoverKey }),
    ...(language === undefined ? {} : { own: language }),
    ...(site !== undefined && often.includes(site) ? { often: true } : {}),
  };
}

/** The rule for a language; undefined where there is none or the language is unknown. */
export function ruleOfLanguage({ always, never }: PageRules, language: string | undefined): Rule | undefined {
  const among = (tags: readonly string[]) => tags.some((tag) => sameLanguage(tag, language));
  if (among(never)) return 'never';
  return among(always) ? 'always' : undefined;
}

/** What translates the page by itself; `never` of either wins. */
export function reasonOf(rules: PageRules, language: string | undefined): RuleAbout['kind'] | undefined {
  const ofLanguage = ruleOfLanguage(rules, language);
  if (rules.site === 'never' || ofLanguage === 'never') return undefined;
  if (rules.site === 'always') return 'site';
  return ofLanguage === 'always' ? 'language' : undefined;
}

export interface ChangedRule {
  readonly settings: RuleSettings;
  /** The rule that was there. */
  readonly before: Rule | undefined;
}

/** `rule` undefined: there is none any more. Undefined for an address without a site. */
export function withRule(
  settings: RuleSettings,
  about: RuleAbout,
  rule: Rule | undefined,
): ChangedRule | undefined {
  if (about.kind === 'language') {
    const { languageRules = {} } = settings;
    const same = Object.keys(languageRules).find((tag) => sameLanguage(tag, about.language));
    const before = same === undefined ? undefined : languageRules[same];
    return { settings: { languageRules: changed(languageRules, same ?? about.language, rule) }, before };
  }
  const site = siteOf(about.url);
  if (site === undefined) return undefined;
  const { siteRules = {} } = settings;
  return { settings: { siteRules: changed(siteRules, site, rule) }, before: ruleAt(siteRules, site) };
}

const ruleAt = (rules: Rules | undefined, key: string): Rule | undefined =>
  rules !== undefined && Object.hasOwn(rules, key) ? rules[key] : undefined;

/** Undefined if nothing is left. */
function changed(rules: Rules, key: string, rule: Rule | undefined): Rules | undefined {
  const others = Object.entries(rules).filter(([name]) => name !== key);
  const all = rule === undefined ? others : [...others, [key, rule] as const];
  return all.length === 0 ? undefined : Object.fromEntries(all);
}
