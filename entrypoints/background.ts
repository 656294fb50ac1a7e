/**
 * The service worker: creates the offscreen document when asked, opens the first run after an installation and the
 * popup for shortcut and menu, passes on which translation was chosen there, and lays down texts for what Linnet shows
 * on web pages. It may die at any time; nothing is lost.
 */
import { defineBackground } from 'wxt/utils/define-background';
import { nearestTexts } from '../app/i18n/all-locales.ts';
import { nextStep, t, useTexts } from '../app/i18n/index.ts';
import { keepEverywhere } from '../app/browser/all-sites.ts';
import { keepTextsFromInstall, keptTexts } from '../app/browser/ui-language.ts';
import { keepMenu, type MenuTitles } from '../app/browser/context-menu.ts';
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
    keepEverywhere();
    keepTextsFromInstall(nearestTexts);
    keepMenu(menuTitles);
    offerTranslation(async (error) => {
      await speakAsChosen();
      return `${t(`error-${error.code}`)} ${nextStep(error)}`;
    });
  },
});

/** Gives whether there are texts yet. */
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
