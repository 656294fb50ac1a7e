/** The popup, also opened as a tab (`?tab=ID`: about that tab). */
import { render } from 'preact';
import { browser } from 'wxt/browser';
import { connectToEngine } from '../../app/protocol/browser-line.ts';
import { askPage } from '../../app/protocol/page-line.ts';
import { startShortcut, takeStart } from '../../app/protocol/start.ts';
import { goToTab, openPage, pageTab } from '../../app/protocol/tabs.ts';
import { Popup } from '../../app/ui/popup.tsx';
import { PopupState } from '../../app/ui/popup-state.ts';
import '../../app/ui/tokens.css';
import '../../app/ui/theme.css';
import '../../app/ui/controls.css';
import '../../app/ui/prose.css';
import '../../app/ui/conversation.css';
import '../../app/ui/summary.css';
import '../../app/ui/composer.css';
import '../../app/ui/popup.css';

/** Milliseconds after which a popup has its final size. */
const SETTLED = 250;

const wanted = new URLSearchParams(location.search).get('tab');
const inTab = (await browser.tabs.getCurrent()) !== undefined;
// On phones the popup is a sheet as wide as the screen, or a tab.
const sheet = matchMedia('(pointer: coarse)').matches && screen.width < 600;
document.documentElement.classList.toggle('roomy', inTab || sheet);

// The browser makes a popup as high as its content, as far as the screen goes; then the content must follow.
const fit = () => {
  const lacks = innerHeight < document.documentElement.scrollHeight;
  if (lacks) document.documentElement.style.setProperty('--popup-height', `${innerHeight}px`);
};
if (!inTab && !sheet) setTimeout(fit, SETTLED);

const tab = await pageTab(wanted === null ? undefined : Number(wanted));

const state = new PopupState(connectToEngine(), {
  tab,
  readPage: (id) => askPage(id, 'extract', {}),
  showPassage: (id, send) => askPage(id, 'show-passage', send),
  goToPage(id) {
    if (inTab) void goToTab(id);
    // A sheet covers the page.
    else if (sheet) window.close();
  },
  takeStart,
  shortcut: await startShortcut(),
  async translateSelection(id) {
    await askPage(id, 'translate-selection', {});
    if (!inTab) window.close();
  },
  openModels: () => void openPage('models.html'),
  openInTab: inTab ? undefined : () => void openPage(`popup.html?tab=${tab?.id ?? ''}`),
});

render(<Popup state={state} />, document.getElementById('app')!);
void state.open();
