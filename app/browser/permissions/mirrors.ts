/**
 * Permission to fetch models from a mirror: a server of others that passes on models of the hub. The browser asks for it
 * when a person names an address there. The worker reaches these mirrors and no others (app/worker/models/access/own-policy.ts).
 */
import { browser } from 'wxt/browser';

/** Hosts of the files of each mirror, by the origin of its addresses. */
const MIRRORS: Readonly<Record<string, readonly string[]>> = {
  // Large files come from the hub's own storage.
  'https://hf-mirror.com': ['https://hf-mirror.com/*'],
  'https://modelscope.cn': ['https://modelscope.cn/*', 'https://*.modelscope.cn/*'],
};

/** The hosts of all mirrors, as match patterns. */
export const mirrorHosts: readonly string[] = Object.values(MIRRORS).flat();

const hostsOf = (origin: string): string[] => [...(Object.hasOwn(MIRRORS, origin) ? MIRRORS[origin]! : [])];

/** Whether Linnet may fetch from an origin; true for all but mirrors, about which the policy decides. */
export async function mayFetchFrom(origin: string): Promise<boolean> {
  const origins = hostsOf(origin);
  if (origins.length === 0) return true;
  return (await browser.permissions?.contains({ origins })) === true;
}

/** Asks the person by the browser's own dialog. Must be called from a click. Resolves to the answer. */
export async function askToFetchFrom(origin: string): Promise<boolean> {
  return (await browser.permissions?.request({ origins: hostsOf(origin) })) === true;
}
