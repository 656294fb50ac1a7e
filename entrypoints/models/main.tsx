/** The Models page, in its own tab. */
import { render } from 'preact';
import { parseCatalogue } from '../../app/catalogue/catalogue.ts';
import { connectToEngine } from '../../app/protocol/browser-line.ts';
import { extensionVersion } from '../../app/protocol/language.ts';
import { startShortcut } from '../../app/protocol/start.ts';
import { openPage } from '../../app/protocol/tabs.ts';
import { keepFocus } from '../../app/ui/keep-focus.ts';
import { ModelsPage } from '../../app/ui/models-page.tsx';
import { ModelsState } from '../../app/ui/models-state.ts';
import { speakUserLanguage } from '../../app/ui/speak.ts';
import catalogue from '../../assets/catalogue.json';
import article from '../../assets/start/article.json';
import '../../app/ui/tokens.css';
import '../../app/ui/theme.css';
import '../../app/ui/controls.css';
import '../../app/ui/prose.css';
import '../../app/ui/models-page.css';
import '../../app/ui/getting.css';
import '../../app/ui/keeping.css';

await speakUserLanguage('models');
const state = new ModelsState(connectToEngine(), {
  catalogue: parseCatalogue(catalogue),
  article: {
    url: location.href,
    title: article.title,
    lang: 'en',
    dir: 'ltr',
    text: article.paragraphs.join('\n\n'),
    source: 'body',
  },
  shortcut: await startShortcut(),
  version: extensionVersion(),
  openSettings: () => void openPage('options.html'),
});
const root = document.getElementById('app')!;
keepFocus(root);
render(<ModelsPage state={state} />, root);
void state.open();
