/**
 * The assistant in its three places: the popup, the panel beside the page, a tab of its own. What differs is how much
 * room there is, which page it is about, and where else one can go from it.
 */
import { render } from 'preact';
import { connectToEngine } from '../../browser/connect.ts';
import { askPage, type PageRequests } from '../../browser/page-messages.ts';
import { sidePanelOpener } from '../../browser/side-panel.ts';
import { startShortcut, takeStart } from '../../browser/pending-summary.ts';
import { goToTab, isTab, openPage, type PageTab, pageTab, watchFront } from '../../browser/tabs.ts';
import { ChatTab } from './chat-tab.tsx';
import { keepFocus } from '../kit/keep-focus.ts';
import { Assistant } from './assistant.tsx';
import { AssistantController, type Translatable } from './assistant-controller.ts';
import { applyLocale } from '../kit/load-locale.ts';
import { followViewport } from './visual-viewport.ts';
import '../styles/tokens.css';
import '../styles/theme.css';
import '../styles/controls.css';
import '../conversation/prose.css';
import '../conversation/conversation.css';
import '../conversation/summary.css';
import '../composer/composer.css';
import './assistant.css';
import './chats.css';

export type AssistantSurface = 'popup' | 'panel' | 'tab';

/** Milliseconds without a change after which a popup has its final size. */
const SETTLED = 250;

/** The popup's page opened as a tab is a tab, as on phones. */
export async function mountAssistant(wanted: AssistantSurface): Promise<void> {
  const [, inTab] = await Promise.all([applyLocale(), isTab()]);
  const place = wanted === 'popup' && inTab ? 'tab' : wanted;
  makeRoom(place);
  let tab = await pageTab(tabInAddress());
  const shortcut = await startShortcut();
  const state = new AssistantController(
    connectToEngine(),
    outside(place, shortcut, () => tab),
  );
  if (place === 'panel') {
    watchFront(async () => {
      tab = await pageTab(undefined);
      await state.tabChanged();
    });
    // Clicking the icon of Linnet allows it to read a page that it could not read before.
    addEventListener('focus', () => void (state.page.value.kind === 'failed' && state.tabChanged()));
  }
  const root = document.getElementById('app')!;
  keepFocus(root);
  render(wanted === 'tab' ? <ChatTab state={state} /> : <Assistant state={state} />, root);
  await state.open();
}

function tabInAddress(): number | undefined {
  const id = new URLSearchParams(location.search).get('tab');
  return id === null || id === '' ? undefined : Number(id);
}

function outside(place: AssistantSurface, shortcut: string | undefined, tab: () => PageTab | undefined) {
  const openPanel = place === 'panel' ? undefined : sidePanelOpener(tab()?.id);
  const leavePopup = () => place === 'popup' && close();
  return {
    get tab() {
      return tab();
    },
    readPage: (id: number) => askPage(id, 'extract', {}),
    showPassage: (id: number, send: PageRequests['show-passage']['send']) =>
      askPage(id, 'show-passage', send),
    goToPage(id: number) {
      if (place === 'tab') void goToTab(id);
      // A sheet covers the page.
      else if (isSheet()) leavePopup();
    },
    takeStart,
    shortcut,
    /** The translation appears in the page, so the page is shown. */
    async translate(id: number, what: Translatable) {
      await askPage(id, `translate-${what}`, {});
      if (place === 'tab') await goToTab(id);
      else leavePopup();
    },
    openModels: () => void openPage('models.html'),
    openSettings: () => void openPage('options.html'),
    openInTab: place === 'tab' ? undefined : () => void openPage(`chat.html?tab=${tab()?.id ?? ''}`),
    openInPanel: openPanel && (() => void openPanel().then(leavePopup)),
  };
}

/** On phones the popup is a sheet as wide as the screen, or a tab; also when they are turned on their side. */
const isSheet = (): boolean =>
  matchMedia('(pointer: coarse)').matches && Math.min(screen.width, screen.height) < 600;

/** A popup has the size of its content; a tab, a panel and a phone's sheet are as large as they are. */
function makeRoom(place: AssistantSurface): void {
  const roomy = place !== 'popup' || isSheet();
  document.documentElement.classList.toggle('roomy', roomy);
  if (roomy) {
    followViewport();
    return;
  }
  // The browser makes a popup as high as its content, as far as the screen goes; then the content must follow.
  let settling: ReturnType<typeof setTimeout> | undefined;
  const settle = () => {
    clearTimeout(settling);
    settling = setTimeout(fitPopup, SETTLED);
  };
  addEventListener('resize', settle);
  settle();
}

function fitPopup(): void {
  const { scrollHeight, style } = document.documentElement;
  if (innerHeight < scrollHeight) style.setProperty('--popup-height', `${innerHeight}px`);
}
