/** The word list, in its own tab. */
import { render } from 'preact';
import { connectToEngine } from '../../app/browser/connect.ts';
import { keepFocus } from '../../app/ui/kit/keep-focus.ts';
import { applyLocale } from '../../app/ui/kit/load-locale.ts';
import { WordsController } from '../../app/ui/words/words-controller.ts';
import { WordsPage } from '../../app/ui/words/words-page.tsx';
import '../../app/ui/styles/tokens.css';
import '../../app/ui/styles/theme.css';
import '../../app/ui/styles/controls.css';
import '../../app/ui/styles/list-page.css';
import '../../app/ui/words/words-page.css';

await applyLocale('words-title');
const root = document.getElementById('app')!;
keepFocus(root);
render(<WordsPage controller={new WordsController(connectToEngine())} />, root);
