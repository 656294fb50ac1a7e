/**
 * The service worker: creates the offscreen document when asked, opens the popup for shortcut and menu, and passes on
 * which translation was chosen there. It may die at any time; nothing is lost.
 */
import { defineBackground } from 'wxt/utils/define-background';
import { t } from '../app/i18n/index.ts';
import { keepEverywhere } from '../app/protocol/everywhere.ts';
import { answerEnsureRequests } from '../app/protocol/offscreen-page.ts';
import { answerStartCommands } from '../app/protocol/start.ts';
import { offerTranslation } from '../app/protocol/translate-entries.ts';
import { rememberTabs } from '../app/protocol/tabs.ts';

export default defineBackground({
  type: 'module',
  main() {
    answerEnsureRequests();
    rememberTabs();
    answerStartCommands({ page: t('summarise'), selection: t('summarise-selection') });
    keepEverywhere();
    offerTranslation({
      'translate-selection': t('translate-selection'),
      'translate-written': t('translate-written'),
      'translate-page': t('translate-page'),
    });
  },
});
