/** The Models page, in a tab of its own. */
import { render } from 'preact';
import { connectToEngine } from '../../app/protocol/browser-line.ts';
import { ModelsPage } from '../../app/ui/models-page.tsx';
import { ModelsState } from '../../app/ui/models-state.ts';
import { speakUserLanguage } from '../../app/ui/speak.ts';
import '../../app/ui/tokens.css';
import '../../app/ui/theme.css';
import '../../app/ui/controls.css';
import '../../app/ui/models-page.css';

await speakUserLanguage('models');
const state = new ModelsState(connectToEngine());
render(<ModelsPage state={state} />, document.getElementById('app')!);
void state.open();
