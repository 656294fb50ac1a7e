/** Mounts the Settings page and connects it to the browser and the worker. */
import { computed, effect, untracked } from '@preact/signals';
import { render } from 'preact';
import { isOnAllSites, setOnAllSites } from '../../browser/all-sites.ts';
import { releaseServers } from '../../browser/permissions/own-server.ts';
import { connectToEngine } from '../../browser/connect.ts';
import { keptAttachments } from '../../browser/kept-attachments.ts';
import { summaryShortcut } from '../../browser/pending-summary.ts';
import { hasSiteAccess, requestSiteAccess } from '../../browser/rules/site-access.ts';
import { openPage } from '../../browser/tabs.ts';
import {
  browserLanguages,
  chooseLanguage,
  chosenLanguage,
  extensionVersion,
} from '../../browser/ui-language.ts';
import { nearestLocale } from '../../i18n/locales.ts';
import { keepFocus } from '../kit/keep-focus.ts';
import { applyLocale } from '../kit/load-locale.ts';
import { forgetDraft } from '../state/draft.ts';
import { SettingsController } from './settings-controller.ts';
import { SettingsPage } from './settings-page.tsx';
import '../styles/tokens.css';
import '../styles/theme.css';
import '../styles/controls.css';
import '../styles/choices.css';
import '../conversation/summary.css';
import '../styles/page.css';
import './settings.css';

export async function openSettings(root: HTMLElement): Promise<void> {
  const [language, allSites] = await Promise.all([
    chosenLanguage(),
    isOnAllSites().catch(() => undefined),
    applyLocale('settings-title'),
  ]);
  const controller = new SettingsController(connectToEngine(), {
    version: extensionVersion(),
    language,
    browserLocale: nearestLocale(browserLanguages()),
    async chooseLanguage(tag) {
      await chooseLanguage(tag);
      // All texts of the page change.
      location.reload();
    },
    shortcut: await summaryShortcut(),
    allSites: { initial: allSites, set: setOnAllSites },
    siteAccess: { has: hasSiteAccess, request: requestSiteAccess },
    openModels: () => void openPage('models.html'),
    async eraseRest() {
      forgetDraft();
      await keptAttachments.write([]);
      if ((await isOnAllSites()) === true) await setOnAllSites(false);
      await releaseServers().catch(() => {});
      await chooseLanguage(undefined);
    },
  });
  // Another model has other prompts.
  const chosen = computed(() => controller.worker.models.value?.chosen ?? '');
  effect(() => {
    if (controller.worker.settings.value !== undefined && chosen.value !== undefined)
      void untracked(() => controller.readPrompts());
  });
  void controller.readTranslations();
  keepFocus(root);
  render(<SettingsPage controller={controller} />, root);
}
