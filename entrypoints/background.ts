/**
 * The service worker. Creates the offscreen document on request, opens the first-run page after installation, opens the
 * popup for the shortcut and the context menu, forwards the translation chosen there, and stores the texts for the
 * interface on web pages. The browser may stop it at any time without any loss.
 */
import { defineBackground } from 'wxt/utils/define-background';
import { nearestTexts } from '../app/i18n/all-locales.ts';
import { nextStep, t, useTexts } from '../app/i18n/index.ts';
import { answerRuleRequests } from '../app/browser/rules/rule-reports.ts';
import { keepScriptRegistered } from '../app/browser/all-sites.ts';
import { cacheTextsOnInstall, cachedTexts } from '../app/browser/ui-language.ts';
import { createContextMenu, type MenuTitles } from '../app/browser/context-menu.ts';
import { answerModelsRequests } from '../app/browser/open-models.ts';
import { answerEnsureRequests } from '../app/browser/offscreen-page.ts';
import { answerHidingPages } from '../app/browser/messages/icon-error.ts';
import { answerTextRequests, closeStorageToPages } from '../app/browser/messages/page-texts.ts';
import { handleSummaryCommands } from '../app/browser/pending-summary.ts';
import { handleTranslateCommands } from '../app/browser/translate-commands.ts';
import { askRunningEngine, connectToEngine } from '../app/browser/connect.ts';
import { isServerAllowed, watchServerPermission } from '../app/browser/permissions/own-server.ts';
import { serverAddress } from '../app/protocol/server/server-address.ts';
import { watchPrivateWindows } from '../app/browser/windows/private-windows.ts';
import { rememberTabs } from '../app/browser/tabs.ts';
import { openModelsAfterInstall } from '../app/browser/on-installed.ts';
import type { WireError } from '../app/protocol/errors.ts';

export default defineBackground({
  type: 'module',
  main() {
    answerEnsureRequests();
    answerModelsRequests();
    answerTextRequests();
    void closeStorageToPages();
    rememberTabs();
    openModelsAfterInstall();
    watchPrivateWindows(() => askRunningEngine('end-private', {}));
    handleSummaryCommands();
    keepScriptRegistered();
    answerRuleRequests();
    cacheTextsOnInstall(nearestTexts);
    createContextMenu(menuTitles);
    handleTranslateCommands(explain);
    answerHidingPages(explain);
    watchServerPermission(useDeviceWithoutServer);
  },
});

/** The person took the permission for their server back: this device answers again, and nothing is sent. */
async function useDeviceWithoutServer(): Promise<void> {
  const client = connectToEngine();
  try {
    const { server } = await client.request('settings', {});
    if (server?.used !== true || (await isServerAllowed(serverAddress(server.address).pattern))) return;
    await client.request('set-settings', { settings: { server: { ...server, used: false } } });
  } finally {
    client.close();
  }
}

async function explain(error: WireError): Promise<string> {
  await speakAsChosen();
  return `${t(`error-${error.code}`)} ${nextStep(error)}`;
}

/** Loads the stored texts. Returns false if there are none yet. */
async function speakAsChosen(): Promise<boolean> {
  const cached = await cachedTexts();
  if (cached !== undefined) useTexts(cached.language, cached.texts);
  return cached !== undefined;
}

async function menuTitles(): Promise<MenuTitles | undefined> {
  if (!(await speakAsChosen())) return undefined;
  return {
    'summarise-page': t('summarise'),
    'summarise-selection': t('summarise-selection'),
    'translate-selection': t('translate-selection'),
    'translate-written': t('translate-written'),
    'translate-page': t('translate-page'),
  };
}
