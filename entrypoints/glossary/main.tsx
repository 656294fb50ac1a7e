/** The glossary page, in its own tab. */
import { render } from 'preact';
import { connectToEngine } from '../../app/browser/connect.ts';
import { GlossaryPage } from '../../app/ui/glossary/glossary-page.tsx';
import { keepFocus } from '../../app/ui/kit/keep-focus.ts';
import { GlossaryController } from '../../app/ui/glossary/glossary-controller.ts';
import { applyLocale } from '../../app/ui/kit/load-locale.ts';
import '../../app/ui/styles/tokens.css';
import '../../app/ui/styles/theme.css';
import '../../app/ui/styles/controls.css';
import '../../app/ui/styles/list-page.css';
import '../../app/ui/glossary/glossary-page.css';

await applyLocale('glossary-title');
const root = document.getElementById('app')!;
keepFocus(root);
render(<GlossaryPage controller={new GlossaryController(connectToEngine())} />, root);
