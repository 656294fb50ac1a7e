/**
 * The service worker: creates the offscreen document when asked, and passes on what is chosen from the context menu
 * or by a shortcut. It may die at any time; nothing is lost.
 */
import { defineBackground } from 'wxt/utils/define-background';
import { keepEverywhere } from '../app/protocol/everywhere.ts';
import { answerEnsureRequests } from '../app/protocol/offscreen-page.ts';
import { t } from '../app/i18n/index.ts';
import { offerTranslation } from '../app/protocol/translate-entries.ts';
import { rememberTabs } from '../app/protocol/tabs.ts';

export default defineBackground({
  type: 'module',
  main() {
    answerEnsureRequests();
    rememberTabs();
    keepEverywhere();
    offerTranslation({
      'translate-selection': t('translate-selection'),
      'translate-written': t('translate-written'),
      'translate-page': t('translate-page'),
    });
  },
});
