/** Sets rules and reports them. A web page sets those of its own site and of languages. */
import { fail } from '../../../engine/index.ts';
import { AppError } from '../../protocol/errors.ts';
import type { Handlers } from '../../protocol/server.ts';
import type { ReportedRules } from '../../protocol/page/page-rules.ts';
import type { Settings } from '../../protocol/types.ts';
import { withRule } from '../../text/sites/rules.ts';
import { withoutUndefined } from '../../text/without-undefined.ts';
import { sitesToRead } from '../keeping/often-service.ts';

export interface RuleHandlerParts {
  settings(): Settings;
  change(patch: Partial<Settings>): Promise<Settings>;
}

/** The part of the settings that pages follow. */
export function reportedRules(settings: Settings, now: number): ReportedRules {
  const { siteRules, languageRules, hoverKey, language } = settings;
  return withoutUndefined({
    siteRules,
    languageRules,
    hoverKey,
    language,
    often: sitesToRead(settings, now),
  });
}

export function ruleHandlers({ settings, change }: RuleHandlerParts): Pick<Handlers, 'set-rule'> {
  return {
    'set-rule': async ({ about, rule }, sender) => {
      const isSite = about.kind === 'site';
      if (isSite && sender.incognito)
        throw new AppError('request-refused', {
          who: 'rules',
          message: 'a rule would store the site of a private window',
        });
      const url = isSite ? (about.url ?? sender.url) : undefined;
      const changed = withRule(settings(), isSite ? { kind: 'site', ...(url && { url }) } : about, rule);
      if (changed === undefined)
        return fail('request-invalid', {
          who: 'rules',
          message: 'the address has no site',
          where: 'about.url',
        });
      await change(changed.settings);
      return changed.before === undefined ? {} : { before: changed.before };
    },
  };
}
