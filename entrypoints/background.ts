/**
 * The service worker. Creates the offscreen document on request, opens the first-run page after installation, opens the
 * popup for the shortcut and the context menu, forwards the translation chosen there, and stores the texts for the
 * interface on web pages. The browser may stop it at any time without any loss.
 */
import { defineBackground } from 'wxt/utils/define-background';
import { nearestTexts } from '../app/i18n/all-locales.ts';
import { nextStep, t, useTexts } from '../app/i18n/index.ts';
import { keepEverywhere } from '../app/protocol/everywhere.ts';
import { keepTextsFromInstall, keptTexts } from '../app/protocol/language.ts';
import { keepMenu, type MenuTitles } from '../app/protocol/menu.ts';
import { answerModelsRequests } from '../app/protocol/models-line.ts';
import { answerEnsureRequests } from '../app/protocol/offscreen-page.ts';
import { answerStartCommands } from '../app/protocol/start.ts';
import { offerTranslation } from '../app/protocol/translate-entries.ts';
import { rememberTabs } from '../app/protocol/tabs.ts';
import { welcomeAfterInstall } from '../app/protocol/welcome.ts';

export default defineBackground({
  type: 'module',
  main() {
    answerEnsureRequests();
    answerModelsRequests();
    rememberTabs();
    welcomeAfterInstall();
    answerStartCommands();
    keepEverywhere();
    keepTextsFromInstall(nearestTexts);
    keepMenu(menuTitles);
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
