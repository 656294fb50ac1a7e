/** The rules of this page, in its content script: asked for when the page is opened or seen again, and changed from the bar. */
import { type Signal, signal } from '@preact/signals';
import { NO_RULES, type PageRules, type Rule, type RuleAbout } from '../../../protocol/page/page-rules.ts';
import { ruleOfLanguage } from '../../../text/sites/rules.ts';
import { sameLanguage } from '../../../text/language.ts';
import type { RuleView } from '../../kit/rules/rule-row.tsx';
import type { Selected } from '../../../page/read/selected.ts';

export interface RuleSource {
  /** The host of the page; undefined where a rule for it is not stored, as in a private window. */
  readonly site: string | undefined;
  ask(): Promise<PageRules>;
  /** Stores the rule; undefined removes it. */
  set(about: RuleAbout, rule: Rule | undefined): Promise<unknown>;
  /** In the moment of a click: asks for leave to run on this site. */
  allow(): Promise<boolean>;
  /** Of a text of the page (BCP 47). */
  languageOf(selected: Selected): Promise<string | undefined>;
}

export class RuleKeeper {
  readonly rules: Signal<PageRules> = signal<PageRules>(NO_RULES);
  readonly lacksAccess: Signal<boolean> = signal(false);
  private readonly source: RuleSource;

  constructor(source: RuleSource) {
    this.source = source;
  }

  async load(): Promise<void> {
    this.rules.value = await this.source.ask();
  }

  /** Whether a rule may translate this page. */
  get mayTranslate(): boolean {
    const { site, always } = this.rules.value;
    return site !== 'never' && (site === 'always' || always.length > 0);
  }

  /** Whether a selection is offered a translation that nobody asked for; written text is, in every language. */
  mayOffer(selected: Selected): boolean | Promise<boolean> {
    const rules = this.rules.value;
    if (rules.site === 'never') return false;
    if (selected.kind === 'written' || rules.never.length === 0) return true;
    return this.source.languageOf(selected).then((language) => ruleOfLanguage(rules, language) !== 'never');
  }

  view(language: string | undefined, by: RuleView['by']): RuleView {
    const rules = this.rules.value;
    const { site } = this.source;
    const ofLanguage = ruleOfLanguage(rules, language);
    return {
      ...(site === undefined ? {} : { site }),
      ...(rules.site === undefined ? {} : { siteRule: rules.site }),
      ...(ofLanguage === undefined ? {} : { languageRule: ofLanguage }),
      ...(by === undefined ? {} : { by }),
      ...(this.lacksAccess.value ? { lacksAccess: true } : {}),
    };
  }

  /** Call it in the moment of a click: `always` for the site asks the browser. */
  async set(about: RuleAbout, rule: Rule | undefined): Promise<void> {
    const before = this.rules.value;
    const asksBrowser = about.kind === 'site' && rule === 'always';
    const allowed = asksBrowser ? this.source.allow().catch(() => false) : undefined;
    this.rules.value = changed(before, about, rule);
    this.lacksAccess.value = false;
    try {
      await this.source.set(about, rule);
    } catch (error) {
      this.rules.value = before;
      throw error;
    }
    if (allowed !== undefined) this.lacksAccess.value = !(await allowed);
  }
}

function changed(rules: PageRules, about: RuleAbout, rule: Rule | undefined): PageRules {
  if (about.kind === 'site') {
    const { site: _, ...others } = rules;
    return rule === undefined ? others : { ...others, site: rule };
  }
  const without = (tags: readonly string[]) => tags.filter((tag) => !sameLanguage(tag, about.language));
  const next = (wanted: Rule, tags: readonly string[]) => [
    ...without(tags),
    ...(rule === wanted ? [about.language] : []),
  ];
  return { ...rules, always: next('always', rules.always), never: next('never', rules.never) };
}
