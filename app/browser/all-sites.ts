/**
 * Turns the bubble on all sites on and off. It is off by default, and most useful on phones, which have neither context
 * menus nor shortcuts. Linnet requests the host permission when it is turned on, and returns it when it is turned off.
 *
 * It needs both the permission, which the person may also revoke in the browser's settings, and the registered script,
 * which the browser drops with every update of Linnet. {@link keepScriptRegistered} keeps the two consistent.
 */
import { browser } from 'wxt/browser';
import { SCRIPT } from './messages/page-messages.ts';

/** Equal to the manifest's `optional_host_permissions`. */
export const ORIGINS: string[] = ['https://*/*', 'http://*/*'];
const ID = 'everywhere';

/** Undefined if the browser does not support it. */
export async function isOnAllSites(): Promise<boolean | undefined> {
  if (browser.permissions?.request === undefined || browser.scripting?.registerContentScripts === undefined) {
    return undefined;
  }
  return (await registered()) && (await allowed());
}

/** Must be called from a click, since the browser asks the person. Resolves to the new state. */
export async function setOnAllSites(on: boolean): Promise<boolean> {
  if (on) {
    const agreed = await browser.permissions.request({ origins: ORIGINS });
    if (agreed) await register();
    return agreed;
  }
  await unregister();
  // A permission granted by a policy stays; without the script it is not used.
  await browser.permissions.remove({ origins: ORIGINS }).catch(() => {});
  return false;
}

/** Called at every start of the service worker. */
export function keepScriptRegistered(): void {
  if (browser.permissions?.onRemoved === undefined) return;
  browser.permissions.onRemoved.addListener(() => {
    void allowed().then((still) => (still ? undefined : unregister()));
  });
  void wanted().then((still) => (still ? register() : undefined));
  browser.runtime.onStartup.addListener(() => {
    void wanted().then((still) => (still ? injectIntoFirstPages() : undefined));
  });
}

/** Milliseconds after the browser's start during which pages may load before the browser restores the registered script. */
const START = 10_000;

async function injectIntoFirstPages(): Promise<void> {
  const { onUpdated } = browser.tabs;
  const loaded = (id: number, { status }: { status?: string }) => {
    if (status === 'complete') injectIntoPage(id);
  };
  onUpdated.addListener(loaded);
  setTimeout(() => onUpdated.removeListener(loaded), START);
  await injectIntoOpenPages();
}

/** In `storage.local`: true while it is turned on. */
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
    {
      id: ID,
      js: [SCRIPT],
      matches: ORIGINS,
      allFrames: true,
      runAt: 'document_idle',
      persistAcrossSessions: true,
    },
  ]);
  await injectIntoOpenPages();
}

/** Injects the script into pages that were open before it was registered. */
async function injectIntoOpenPages(): Promise<void> {
  for (const { id } of await browser.tabs.query({ discarded: false })) injectIntoPage(id!);
}

/** Injects the script, also into frames; a second injection does nothing. Pages of the browser refuse it. Does not wait for loading pages. */
function injectIntoPage(id: number): void {
  void browser.scripting
    .executeScript({ target: { tabId: id, allFrames: true }, files: [SCRIPT] })
    .catch(() => {});
}

async function unregister(): Promise<void> {
  await browser.storage.local.remove(KEY);
  if (await registered()) await browser.scripting.unregisterContentScripts({ ids: [ID] });
}
