/**
 * The service worker: creates the offscreen document when asked, and opens the popup for shortcut and menu. It may die
 * at any time; nothing is lost.
 */
import { defineBackground } from 'wxt/utils/define-background';
import { t } from '../app/i18n/index.ts';
import { answerEnsureRequests } from '../app/protocol/offscreen-page.ts';
import { answerStartCommands } from '../app/protocol/start.ts';
import { rememberTabs } from '../app/protocol/tabs.ts';

export default defineBackground({
  type: 'module',
  main() {
    answerEnsureRequests();
    rememberTabs();
    answerStartCommands({ page: t('summarise'), selection: t('summarise-selection') });
  },
});
