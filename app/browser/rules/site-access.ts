/**
 * The browser's leave for single sites: a rule that always translates a site needs the script to run there, and asks for
 * that site alone. The script is registered for the sites that have both, a rule and the leave. The leave of a rule that was
 * removed is given back.
 */
import { browser } from 'wxt/browser';
import type { RuleSettings } from '../../protocol/page/page-rules.ts';
import { serial } from '../../../engine/index.ts';
import { SCRIPT } from '../messages/page-messages.ts';

const ID = 'rules';

/** Match patterns of a site (a host without `www.`), in both schemes; an address in numbers has no `www.`. */
export function patternsOf(site: string): string[] {
  const hosts = /^[\d.]+$|^\[|^localhost$/.test(site) ? [site] : [site, `www.${site}`];
  return hosts.flatMap((host) => [`https://${host}/*`, `http://${host}/*`]);
}

/** Undefined if the browser does not support it. */
export async function hasSiteAccess(site: string): Promise<boolean | undefined> {
  if (browser.permissions?.request === undefined || browser.scripting?.registerContentScripts === undefined)
    return undefined;
  return browser.permissions.contains({ origins: patternsOf(site) });
}

/** Must be called from a click, before anything is awaited, since the browser asks the person. Resolves to their answer. */
export const requestSiteAccess = (site: string): Promise<boolean> =>
  browser.permissions.request({ origins: patternsOf(site) }).catch(() => false);

const inTurn = serial();

/** Registers the script for the sites that are always translated, as far as the browser allows. */
export const syncSites = (rules: RuleSettings): Promise<void> => inTurn(() => sync(alwaysOf(rules)));

/** Gives back the leave for sites that were always translated and are not any more. */
export async function giveBackSites(before: RuleSettings, now: RuleSettings): Promise<void> {
  const still = alwaysOf(now);
  const origins = alwaysOf(before).flatMap((site) => (still.includes(site) ? [] : patternsOf(site)));
  // What the manifest or a policy grants stays.
  if (origins.length > 0) await browser.permissions?.remove({ origins }).catch(() => {});
}

/** The patterns of all sites that are always translated. */
export const sitePatterns = (rules: RuleSettings): string[] => alwaysOf(rules).flatMap(patternsOf);

const alwaysOf = ({ siteRules = {} }: RuleSettings): string[] =>
  Object.entries(siteRules).flatMap(([site, rule]) => (rule === 'always' ? [site] : []));

async function sync(always: readonly string[]): Promise<void> {
  if (browser.scripting?.registerContentScripts === undefined) return;
  const allowed = await Promise.all(always.map((site) => hasSiteAccess(site)));
  const matches = always.filter((_, at) => allowed[at] === true).flatMap(patternsOf);
  const [before] = await browser.scripting.getRegisteredContentScripts({ ids: [ID] });
  if (matches.length === 0) {
    if (before !== undefined) await browser.scripting.unregisterContentScripts({ ids: [ID] });
    return;
  }
  const script = { id: ID, js: [SCRIPT], matches };
  if (before !== undefined) await browser.scripting.updateContentScripts([script]);
  else
    await browser.scripting.registerContentScripts([
      { ...script, runAt: 'document_idle', persistAcrossSessions: true },
    ]);
}
