/** The service worker: creates the offscreen document when asked. It may die at any time; nothing is lost. */
import { defineBackground } from 'wxt/utils/define-background';
import { answerEnsureRequests } from '../app/protocol/offscreen-page.ts';
import { rememberTabs } from '../app/protocol/tabs.ts';

export default defineBackground({
  type: 'module',
  main() {
    answerEnsureRequests();
    rememberTabs();
  },
});
