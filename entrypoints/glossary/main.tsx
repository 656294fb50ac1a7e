/** The glossary page, in its own tab. */
import { render } from 'preact';
import { connectToEngine } from '../../app/protocol/browser-line.ts';
import { GlossaryPage } from '../../app/ui/glossary-page.tsx';
import { keepFocus } from '../../app/ui/keep-focus.ts';
import { GlossaryState } from '../../app/ui/glossary-state.ts';
import { speakUserLanguage } from '../../app/ui/speak.ts';
import '../../app/ui/tokens.css';
import '../../app/ui/theme.css';
import '../../app/ui/controls.css';
import '../../app/ui/glossary-page.css';

await speakUserLanguage('glossary-title');
const root = document.getElementById('app')!;
keepFocus(root);
render(<GlossaryPage state={new GlossaryState(connectToEngine())} />, root);
