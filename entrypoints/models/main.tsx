/** The Models page, in its own tab. */
import { render } from 'preact';
import { parseCatalogue } from '../../app/catalogue/catalogue.ts';
import { connectToEngine } from '../../app/browser/connect.ts';
import { askToFetchFrom, mayFetchFrom } from '../../app/browser/permissions/mirrors.ts';
import { extensionVersion } from '../../app/browser/ui-language.ts';
import { summaryShortcut } from '../../app/browser/pending-summary.ts';
import { askForServer, isServerAllowed, releaseServers } from '../../app/browser/permissions/own-server.ts';
import { openPage } from '../../app/browser/tabs.ts';
import { keepFocus } from '../../app/ui/kit/keep-focus.ts';
import { ModelsPage } from '../../app/ui/models/models-page.tsx';
import { ModelsController } from '../../app/ui/models/models-controller.ts';
import { applyLocale } from '../../app/ui/kit/load-locale.ts';
import catalogue from '../../assets/catalogue.json';
import article from '../../assets/start/article.json';
import '../../app/ui/styles/tokens.css';
import '../../app/ui/styles/theme.css';
import '../../app/ui/styles/controls.css';
import '../../app/ui/styles/choices.css';
import '../../app/ui/styles/sent.css';
import '../../app/ui/conversation/markdown/prose.css';
import '../../app/ui/models/models-page.css';
import '../../app/ui/models/install/models-import.css';
import '../../app/ui/models/install/catalogue.css';
import '../../app/ui/models/stored/models-stored.css';
import '../../app/ui/models/server/server-section.css';

await applyLocale('models');
const controller = new ModelsController(connectToEngine(), {
  catalogue: parseCatalogue(catalogue),
  article: {
    url: location.href,
    title: article.title,
    lang: 'en',
    dir: 'ltr',
    text: article.paragraphs.join('\n\n'),
    source: 'body',
  },
  shortcut: await summaryShortcut(),
  version: extensionVersion(),
  openSettings: () => void openPage('options.html'),
  mayFetchFrom,
  askToFetchFrom,
  serverBrowser: { ask: askForServer, allowed: isServerAllowed, release: releaseServers },
});
const root = document.getElementById('app')!;
keepFocus(root);
render(<ModelsPage controller={controller} />, root);
void controller.open();
