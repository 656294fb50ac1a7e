/**
 * The permission to connect to a person's own server: asked for by a click at the moment that they name it, for its host
 * alone, and given back when the server is removed. The manifest has it among the optional ones; none is granted at install.
 */
import { browser } from 'wxt/browser';
import { ORIGINS } from '../all-sites.ts';
import { storedRules } from '../rules/rule-reports.ts';
import { sitePatterns } from '../rules/site-access.ts';
import { mirrorHosts } from './mirrors.ts';

/** Must be called from a click, before anything is awaited. Resolves to whether the person agreed. */
export function askForServer(pattern: string): Promise<boolean> {
  return browser.permissions.request({ origins: [pattern] });
}

export function isServerAllowed(pattern: string): Promise<boolean> {
  return browser.permissions.contains({ origins: [pattern] });
}

/**
 * Gives back the permissions for all hosts but that of `keep`. Those of others stay: of all sites, which have a setting, of
 * sites that are always translated, and of mirrors.
 */
export async function releaseServers(keep?: string): Promise<void> {
  const { origins = [] } = await browser.permissions.getAll();
  const held = [keep, ...ORIGINS, ...mirrorHosts, ...sitePatterns(await storedRules())];
  const others = origins.filter((origin) => !held.includes(origin));
  // A permission granted by a policy stays; without the setting it is not used.
  for (const origin of others) await browser.permissions.remove({ origins: [origin] }).catch(() => {});
}

/** Called at every start of the service worker. `gone` runs after the person took permissions back. */
export function watchServerPermission(gone: () => Promise<unknown>): void {
  browser.permissions?.onRemoved?.addListener(() => {
    gone().catch(() => {});
  });
}
