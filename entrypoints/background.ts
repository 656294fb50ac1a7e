/**
 * The service worker. Creates the offscreen document on request, opens the first-run page after installation, opens the
 * popup for the shortcut and the context menu, forwards the translation chosen there, and stores the texts for the
 * interface on web pages. The browser may stop it at any time without any loss.
 */
import { defineBackground } from 'wxt/utils/define-background';
import { nearestTexts } from '../app/i18n/all-locales.ts';
import { nextStep, t, useTexts } from '../app/i18n/index.ts';
import { keepRegistered } from '../app/browser/all-sites.ts';
import { cacheTextsOnInstall, keptTexts } from '../app/browser/ui-language.ts';
import { createContextMenu, type MenuTitles } from '../app/browser/context-menu.ts';
import { answerModelsRequests } from '../app/browser/open-models.ts';
import { answerEnsureRequests } from '../app/browser/offscreen-page.ts';
import { answerStartCommands } from '../app/browser/pending-summary.ts';
import { offerTranslation } from '../app/browser/translate-commands.ts';
import { rememberTabs } from '../app/browser/tabs.ts';
import { welcomeAfterInstall } from '../app/browser/on-installed.ts';

export default defineBackground({
  type: 'module',
  main() {
    answerEnsureRequests();
    answerModelsRequests();
    rememberTabs();
    welcomeAfterInstall();
    answerStartCommands();
    keepRegistered();
    cacheTextsOnInstall(nearestTexts);
    createContextMenu(menuTitles);
    offerTranslation(async (error) => {
      await speakAsChosen();
      return `${t(`error-${error.code}`)} ${nextStep(error)}`;
    });
  },
});

/** Loads the stored texts. Returns false if there are none yet. */
async function speakAsChosen(): Promise<boolean> {
  const kept = await keptTexts();
  if (kept !== undefined) useTexts(kept.language, kept.texts);
  return kept !== undefined;
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
