/**
 * The service worker: creates the offscreen document when asked, opens the first run after an installation and the
 * popup for shortcut and menu, and passes on which translation was chosen there. It may die at any time; nothing is
 * lost.
 */
import { defineBackground } from 'wxt/utils/define-background';
import { nextStep, t, useTexts } from '../app/i18n/index.ts';
import { keepEverywhere } from '../app/protocol/everywhere.ts';
import { keptTexts } from '../app/protocol/language.ts';
import { keepMenu, type MenuTitles } from '../app/protocol/menu.ts';
import { answerEnsureRequests } from '../app/protocol/offscreen-page.ts';
import { answerStartCommands } from '../app/protocol/start.ts';
import { offerTranslation } from '../app/protocol/translate-entries.ts';
import { rememberTabs } from '../app/protocol/tabs.ts';
import { welcomeAfterInstall } from '../app/protocol/welcome.ts';

export default defineBackground({
  type: 'module',
  main() {
    answerEnsureRequests();
    rememberTabs();
    welcomeAfterInstall();
    answerStartCommands();
    keepEverywhere();
    keepMenu(menuTitles);
    offerTranslation(async (error) => {
      await speakAsChosen();
      return `${t(`error-${error.code}`)} ${nextStep(error)}`;
    });
  },
});

/** Gives whether a page of Linnet has loaded a language yet; a service worker cannot. */
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
