/**
 * The bubble on every page, for those who turn it on: on phones, where there are neither menus nor shortcuts, it is
 * the shortest way. Only then is the browser asked to let Linnet see pages on which it was not called, and the right
 * is given back when it is turned off.
 *
 * Two things make it true: the right, which the person may also take away in the browser's own settings, and the
 * registered script, which the browser forgets with every update of Linnet. {@link keepRegistered} joins them again.
 */
import { browser } from 'wxt/browser';
import { SCRIPT } from './page-messages.ts';

/** As in the manifest's `optional_host_permissions`. */
const ORIGINS = ['https://*/*', 'http://*/*'];
const ID = 'everywhere';

/** Undefined where the browser cannot do it. */
export async function isEverywhere(): Promise<boolean | undefined> {
  if (browser.permissions?.request === undefined || browser.scripting?.registerContentScripts === undefined) {
    return undefined;
  }
  return (await registered()) && (await allowed());
}

/** To be called from a click: the browser asks the person. Gives how it is afterwards. */
export async function setEverywhere(on: boolean): Promise<boolean> {
  if (on) {
    const agreed = await browser.permissions.request({ origins: ORIGINS });
    if (agreed) await register();
    return agreed;
  }
  await unregister();
  // Where a policy has given the right, it stays; without the script it is not used.
  await browser.permissions.remove({ origins: ORIGINS }).catch(() => {});
  return false;
}

/** The service worker's part, at each of its starts. */
export function keepRegistered(): void {
  if (browser.permissions?.onRemoved === undefined) return;
  browser.permissions.onRemoved.addListener(() => {
    void allowed().then((still) => (still ? undefined : unregister()));
  });
  void wanted().then((still) => (still ? register() : undefined));
  browser.runtime.onStartup.addListener(() => {
    void wanted().then((still) => (still ? intoFirstPages() : undefined));
  });
}

/** Milliseconds after the browser's start in which pages may be quicker than its own knowledge of the script. */
const START = 10_000;

async function intoFirstPages(): Promise<void> {
  const { onUpdated } = browser.tabs;
  const loaded = (id: number, { status }: { status?: string }) => {
    if (status === 'complete') intoPage(id);
  };
  onUpdated.addListener(loaded);
  setTimeout(() => onUpdated.removeListener(loaded), START);
  await intoOpenPages();
}

/** In `storage.local`: turned on, and not off again. */
const KEY = 'bubbleEverywhere';

async function wanted(): Promise<boolean> {
  return (await browser.storage.local.get(KEY))[KEY] === true && (await allowed());
}

const allowed = (): Promise<boolean> => browser.permissions.contains({ origins: ORIGINS });

async function registered(): Promise<boolean> {
  return (await browser.scripting.getRegisteredContentScripts({ ids: [ID] })).length > 0;
}

async function register(): Promise<void> {
  await browser.storage.local.set({ [KEY]: true });
  if (await registered()) return;
  await browser.scripting.registerContentScripts([
    { id: ID, js: [SCRIPT], matches: ORIGINS, runAt: 'document_idle', persistAcrossSessions: true },
  ]);
  await intoOpenPages();
}

/** Those that were there before the script was registered. */
async function intoOpenPages(): Promise<void> {
  for (const { id } of await browser.tabs.query({ discarded: false })) intoPage(id!);
}

/** Where the script is already it does nothing. Pages of the browser refuse it; nobody waits for one that is loading. */
function intoPage(id: number): void {
  void browser.scripting.executeScript({ target: { tabId: id }, files: [SCRIPT] }).catch(() => {});
}

async function unregister(): Promise<void> {
  await browser.storage.local.remove(KEY);
  if (await registered()) await browser.scripting.unregisterContentScripts({ ids: [ID] });
}
