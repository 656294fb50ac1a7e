/** The rules for translating pages: those for sites and languages, each of which can be removed, and languages that are read. */
import { useEffect, useState } from 'preact/hooks';
import { languageNames, languages, ownName, t } from '../../../i18n/index.ts';
import type { Rule, RuleAbout, RuleSettings } from '../../../protocol/page/page-rules.ts';
import { sameLanguage } from '../../../text/language.ts';
import { IconButton } from '../../kit/icon-button.tsx';
import { Icon } from '../../kit/icons.tsx';

/** The browser's leave to run on a site, which the person may revoke in the browser. */
export interface SiteAccess {
  /** Undefined if the browser does not support it. */
  has(site: string): Promise<boolean | undefined>;
  /** In the moment of a click. */
  request(site: string): Promise<boolean>;
}

interface RulesProps {
  readonly settings: RuleSettings;
  readonly access: SiteAccess;
  onRule(about: RuleAbout, rule: Rule | undefined): void;
}

interface Row {
  readonly about: RuleAbout;
  readonly rule: Rule;
  readonly name: string;
  readonly site?: string;
}

export function RulesSection({ settings, access, onRule }: RulesProps) {
  const [removed, setRemoved] = useState<Row | undefined>(undefined);
  const rows = rowsOf(settings);
  const remove = (row: Row) => {
    setRemoved(row);
    onRule(row.about, undefined);
  };
  const undo = () => {
    if (removed !== undefined) onRule(removed.about, removed.rule);
    setRemoved(undefined);
  };
  return (
    <>
      <section class="stack">
        <h2>{t('rules-title')}</h2>
        <p class="soft small">{t('rules-hint')}</p>
        {rows.length === 0 ? (
          <p class="small">{t('rules-none')}</p>
        ) : (
          <ul class="prompts">
            {rows.map((row) => (
              <li class="prompt" key={row.name}>
                <p>
                  <strong>
                    <bdi>{row.name}</bdi>
                  </strong>{' '}
                  <span class="soft small">{t(`rule-${row.rule}`)}</span>
                </p>
                {row.site !== undefined && row.rule === 'always' && <Allow site={row.site} access={access} />}
                <IconButton
                  icon="bin"
                  label={t('rule-remove', { name: row.name })}
                  onClick={() => remove(row)}
                />
              </li>
            ))}
          </ul>
        )}
        <div role="status">
          {removed !== undefined && (
            <p class="row small">
              {t('rule-removed', { name: removed.name })}
              <button type="button" class="button little" onClick={undo}>
                <Icon name="undo" />
                {t('undo')}
              </button>
            </p>
          )}
        </div>
      </section>
      <Reads settings={settings} onRule={onRule} />
    </>
  );
}

function rowsOf({ siteRules = {}, languageRules = {} }: RuleSettings): Row[] {
  const sites = Object.entries(siteRules).map(
    ([site, rule]): Row => ({ about: { kind: 'site', url: `https://${site}/` }, rule, name: site, site }),
  );
  const always = Object.entries(languageRules).flatMap(([language, rule]): Row[] =>
    rule === 'always'
      ? [{ about: { kind: 'language', language }, rule, name: languageNames([language]) }]
      : [],
  );
  return [...always, ...sites].sort((one, other) => one.name.localeCompare(other.name));
}

/** Where the browser does not let Linnet run on a site by itself: a button that asks for it. */
function Allow({ site, access }: { site: string; access: SiteAccess }) {
  const [has, setHas] = useState<boolean | undefined>(undefined);
  useEffect(() => {
    let gone = false;
    access.has(site).then(
      (known) => gone || setHas(known),
      () => {},
    );
    return () => {
      gone = true;
    };
  }, [site, access]);
  if (has !== false) return null;
  return (
    <button
      type="button"
      class="button little"
      onClick={() => void access.request(site).then((agreed) => setHas(agreed))}
    >
      {t('rule-allow')}
    </button>
  );
}

function Reads({ settings: { languageRules = {} }, onRule }: Pick<RulesProps, 'settings' | 'onRule'>) {
  const read = Object.keys(languageRules).filter((tag) => languageRules[tag] === 'never');
  const left = languages.filter((tag) => !read.some((known) => sameLanguage(known, tag)));
  return (
    <section class="stack">
      <h2>{t('reads-title')}</h2>
      <p class="soft small">{t('reads-hint')}</p>
      {read.length > 0 && (
        <ul class="prompts">
          {read.map((language) => (
            <li class="prompt" key={language}>
              <p>{ownName(language)}</p>
              <IconButton
                icon="bin"
                label={t('reads-remove', { language: languageNames([language]) })}
                onClick={() => onRule({ kind: 'language', language }, undefined)}
              />
            </li>
          ))}
        </ul>
      )}
      <select
        class="field narrow"
        aria-label={t('reads-add')}
        value=""
        onChange={({ currentTarget }) => {
          const language = currentTarget.value;
          currentTarget.value = '';
          if (language !== '') onRule({ kind: 'language', language }, 'never');
        }}
      >
        <option value="">{t('reads-add')}</option>
        {left.map((tag) => (
          <option key={tag} value={tag}>
            {ownName(tag)}
          </option>
        ))}
      </select>
    </section>
  );
}
