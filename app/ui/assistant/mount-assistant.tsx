/**
 * Mounts the assistant on one of its three surfaces: the popup, the side panel, its own tab. They differ in size, in the
 * page they are about, and in what else can be opened from them.
 */
import { render } from 'preact';
import { connectToEngine } from '../../browser/connect.ts';
import { keptAttachments } from '../../browser/kept-attachments.ts';
import { askPage } from '../../browser/messages/ask-page.ts';
import type { PageRequests } from '../../browser/messages/page-messages.ts';
import { browserDetector } from '../../browser/language-detector.ts';
import { requestSiteAccess } from '../../browser/rules/site-access.ts';
import { sidePanelOpener } from '../../browser/side-panel.ts';
import { summaryShortcut, takePendingSummary } from '../../browser/pending-summary.ts';
import { readPower } from '../../browser/device/power.ts';
import {
  activateTab,
  inPrivateWindow,
  isTab,
  openPage,
  type PageTab,
  pageTab,
  onFrontTabChange,
} from '../../browser/tabs.ts';
import { ChatTab } from './chat-tab.tsx';
import { keepFocus } from '../kit/keep-focus.ts';
import { Assistant } from './assistant.tsx';
import type { AssistantBrowser, Translatable } from './assistant-browser.ts';
import { AssistantController } from './assistant-controller.ts';
import { applyLocale } from '../kit/load-locale.ts';
import { storeNoDrafts } from '../state/draft.ts';
import { followViewport } from './visual-viewport.ts';
import '../styles/tokens.css';
import '../styles/theme.css';
import '../styles/controls.css';
import '../styles/sent.css';
import '../conversation/markdown/prose.css';
import '../conversation/conversation.css';
import '../conversation/summary.css';
import '../composer/composer.css';
import '../kit/rules/rules.css';
import './assistant.css';
import './rules/rules-here.css';
import './chats/chats.css';

export type AssistantSurface = 'popup' | 'panel' | 'tab';

/** Milliseconds without a resize after which a popup has its final size. */
const RESIZE_END_MS = 250;

/** The popup's page can also be opened in a tab, as on phones; then its surface is `tab`. */
export async function mountAssistant(page: AssistantSurface): Promise<void> {
  const [, inTab, inPrivate] = await Promise.all([applyLocale(), isTab(), inPrivateWindow()]);
  const surface = page === 'popup' && inTab ? 'tab' : page;
  setUpSize(surface);
  let tab = await pageTab(tabInAddress());
  // Pages of Linnet are no tabs of private windows, so the tab that this one is about decides, too.
  const isPrivate = () => inPrivate || tab?.incognito === true;
  if (isPrivate()) storeNoDrafts();
  const shortcut = await summaryShortcut();
  const controller = new AssistantController(
    connectToEngine(),
    browserFor({ surface, shortcut, tab: () => tab, isPrivate }),
  );
  if (surface === 'panel') {
    onFrontTabChange(async () => {
      tab = await pageTab(undefined);
      await controller.tabChanged();
    });
    // A click on Linnet's icon gives it access to a page that it could not read before.
    addEventListener('focus', () => {
      if (controller.page.value.kind === 'failed') void controller.tabChanged();
    });
  }
  const root = document.getElementById('app')!;
  keepFocus(root);
  render(page === 'tab' ? <ChatTab controller={controller} /> : <Assistant controller={controller} />, root);
  await controller.open();
}

function tabInAddress(): number | undefined {
  const id = new URLSearchParams(location.search).get('tab');
  return id === null || id === '' ? undefined : Number(id);
}

interface MountedFor {
  readonly surface: AssistantSurface;
  readonly shortcut: string | undefined;
  tab(): PageTab | undefined;
  isPrivate(): boolean;
}

function browserFor({ surface, shortcut, tab, isPrivate }: MountedFor): AssistantBrowser {
  const openPanel = surface === 'panel' ? undefined : sidePanelOpener(tab()?.id);
  const closePopup = () => {
    if (surface === 'popup') close();
  };
  return {
    get tab() {
      return tab();
    },
    get inPrivate() {
      return isPrivate();
    },
    readPage: (id: number) => askPage(id, 'extract', {}),
    showPassage: (id: number, send: PageRequests['show-passage']['send']) =>
      askPage(id, 'show-passage', send),
    goToPage(id: number) {
      if (surface === 'tab') void activateTab(id);
      // On phones the popup is a sheet that covers the page.
      else if (isSheet()) closePopup();
    },
    takePendingSummary: takePendingSummary,
    shortcut,
    ...(isPrivate() ? {} : { keptAttachments }),
    // The translation appears in the page, so the page must be visible.
    async translate(id: number, what: Translatable) {
      await askPage(id, `translate-${what}`, {});
      if (surface === 'tab') await activateTab(id);
      else closePopup();
    },
    rules: { detector: browserDetector(), access: requestSiteAccess },
    power: readPower,
    openModels: () => void openPage('models.html'),
    openSettings: () => void openPage('options.html'),
    openInTab: surface === 'tab' ? undefined : () => void openPage(`chat.html?tab=${tab()?.id ?? ''}`),
    openInPanel: openPanel && (() => void openPanel().then(closePopup)),
  };
}

/** Whether this is a phone, in either orientation. There the popup is a sheet as wide as the screen, or a tab. */
const isSheet = (): boolean =>
  matchMedia('(pointer: coarse)').matches && Math.min(screen.width, screen.height) < 600;

/** A popup has the size of its content; the size of a tab, a panel and a phone's sheet is given. */
function setUpSize(surface: AssistantSurface): void {
  const roomy = surface !== 'popup' || isSheet();
  document.documentElement.classList.toggle('roomy', roomy);
  if (roomy) {
    followViewport();
    return;
  }
  // The browser limits the height of a popup; then the content must scroll within that height.
  let timer: ReturnType<typeof setTimeout> | undefined;
  const fitLater = () => {
    clearTimeout(timer);
    timer = setTimeout(fitPopup, RESIZE_END_MS);
  };
  addEventListener('resize', fitLater);
  fitLater();
}

function fitPopup(): void {
  const { scrollHeight, style } = document.documentElement;
  if (innerHeight < scrollHeight) style.setProperty('--popup-height', `${innerHeight}px`);
}
