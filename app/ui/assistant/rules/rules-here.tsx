/** Rules for pages such as the one in front, folded away below its translation. */
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import type { PageText, Settings } from '../../../protocol/types.ts';
import type { Rule, RuleAbout } from '../../../protocol/page/page-rules.ts';
import { languageOf } from '../../../text/language.ts';
import { ruleOfLanguage, rulesOfPage } from '../../../text/sites/rules.ts';
import { siteOf } from '../../../text/sites/sites.ts';
import { RuleRow, type RuleView } from '../../kit/rules/rule-row.tsx';
import type { AssistantBrowser } from '../assistant-browser.ts';

/** Characters that the page's language is detected from. */
const SAMPLE = 2000;

interface RulesHereProps {
  readonly page: Pick<PageText, 'url' | 'lang' | 'text'>;
  readonly settings: Settings;
  readonly around: Pick<AssistantBrowser, 'inPrivate' | 'rules' | 'openSettings'>;
  onRule(about: RuleAbout, rule: Rule | undefined): void;
}

export function RulesHere({ page, settings, around, onRule }: RulesHereProps) {
  const language = useLanguage(page, around);
  const [lacksAccess, setLacksAccess] = useState(false);
  const rules = rulesOfPage(settings, page.url);
  // A rule for the site of a private window would be stored.
  const site = around.inPrivate ? undefined : siteOf(page.url);
  const ofLanguage = ruleOfLanguage(rules, language);
  const view: RuleView = {
    ...(site === undefined ? {} : { site }),
    ...(rules.site === undefined ? {} : { siteRule: rules.site }),
    ...(ofLanguage === undefined ? {} : { languageRule: ofLanguage }),
    ...(lacksAccess ? { lacksAccess: true } : {}),
  };
  const setRule = (kind: RuleAbout['kind'], rule: Rule | null) => {
    if (kind === 'language') {
      if (language !== undefined) onRule({ kind, language }, rule ?? undefined);
      return;
    }
    // First, since the popup may be closed while the browser asks.
    onRule({ kind, url: page.url }, rule ?? undefined);
    setLacksAccess(false);
    if (rule === 'always' && site !== undefined)
      void around.rules.access(site).then((agreed) => setLacksAccess(!agreed));
  };
  if (site === undefined && language === undefined) return null;
  return (
    <details class="rules-here">
      <summary class="small">{t('rules')}</summary>
      <RuleRow view={view} language={language} actions={{ setRule, openSettings: around.openSettings }} />
    </details>
  );
}

function useLanguage(
  { lang, text }: RulesHereProps['page'],
  { rules }: Pick<AssistantBrowser, 'rules'>,
): string | undefined {
  const [language, setLanguage] = useState<string | undefined>(undefined);
  useEffect(() => {
    let gone = false;
    void languageOf(text.slice(0, SAMPLE), lang, rules.detector).then((found) => {
      if (!gone) setLanguage(found?.language);
    });
    return () => {
      gone = true;
    };
  }, [text, lang, rules]);
  return language;
}
