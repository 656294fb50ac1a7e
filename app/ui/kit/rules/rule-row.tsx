/** Rules for pages such as this one: four buttons, each of which sets a rule or takes it back. */
import { languageNames, t } from '../../../i18n/index.ts';
import type { Rule, RuleAbout } from '../../../protocol/page/page-rules.ts';
import { Icon } from '../icons.tsx';

/** What a view shows of the rules. */
export interface RuleView {
  /** Host; undefined where no rule for the site is stored, as in a private window. */
  readonly site?: string;
  readonly siteRule?: Rule;
  readonly languageRule?: Rule;
  /** What translated the page by itself. */
  readonly by?: RuleAbout['kind'];
  /** The site is always translated, and the browser does not let Linnet run there by itself. */
  readonly lacksAccess?: true;
}

export interface RuleActions {
  /** `null`: there is no rule any more. */
  setRule(about: 'site' | 'language', rule: Rule | null): void | Promise<void>;
  openSettings(): void;
}

interface RuleRowProps {
  readonly view: RuleView;
  /** BCP 47; undefined while it is unknown, then there is no rule for it. */
  readonly language: string | undefined;
  readonly actions: RuleActions;
}

export function RuleRow({ view, language, actions }: RuleRowProps) {
  const { site, siteRule, languageRule, lacksAccess } = view;
  const name = language === undefined ? '' : languageNames([language]);
  return (
    <fieldset class="rules small" aria-label={t('rules')}>
      {language !== undefined && (
        <>
          <RuleButton
            label={t('rule-always-language', { language: name })}
            on={languageRule === 'always'}
            onChange={(on) => void actions.setRule('language', on ? 'always' : null)}
          />
          <RuleButton
            label={t('rule-never-language', { language: name })}
            on={languageRule === 'never'}
            onChange={(on) => void actions.setRule('language', on ? 'never' : null)}
          />
        </>
      )}
      {site !== undefined && (
        <>
          <RuleButton
            label={t('rule-always-site', { site })}
            on={siteRule === 'always'}
            onChange={(on) => void actions.setRule('site', on ? 'always' : null)}
          />
          <RuleButton
            label={t('rule-never-site', { site })}
            on={siteRule === 'never'}
            onChange={(on) => void actions.setRule('site', on ? 'never' : null)}
          />
        </>
      )}
      <div role="status" class="rule-said soft">
        {languageRule === 'always' && t('rule-reach')}
        {siteRule === 'always' && site !== undefined && lacksAccess && t('rule-access', { site })}
      </div>
      {(lacksAccess || languageRule === 'always') && (
        <button type="button" class="button quiet little" onClick={() => actions.openSettings()}>
          {t('settings')}
        </button>
      )}
    </fieldset>
  );
}

interface RuleButtonProps {
  readonly label: string;
  readonly on: boolean;
  onChange(on: boolean): void;
}

function RuleButton({ label, on, onChange }: RuleButtonProps) {
  return (
    <button
      type="button"
      class={`button little rule${on ? ' on' : ''}`}
      aria-pressed={on}
      onClick={() => onChange(!on)}
    >
      {on && <Icon name="check" />}
      {label}
    </button>
  );
}

/** Why a page was translated that nobody asked for, with a button that ends the rule, and then one that brings it back. */
export function RanByRule({ view, language, actions }: RuleRowProps) {
  const { by, site, siteRule, languageRule } = view;
  if (by === undefined) return null;
  const because =
    by === 'site'
      ? t('rule-ran-site', { site: site ?? '' })
      : t('rule-ran-language', { language: language === undefined ? '' : languageNames([language]) });
  const isOn = (by === 'site' ? siteRule : languageRule) === 'always';
  return (
    <div class="ran small">
      <p role="status">{isOn ? because : t('rule-ended')}</p>
      <button
        type="button"
        class="button little"
        onClick={() => void actions.setRule(by, isOn ? null : 'always')}
      >
        {!isOn && <Icon name="undo" />}
        {t(isOn ? 'rule-end' : 'undo')}
      </button>
    </div>
  );
}
