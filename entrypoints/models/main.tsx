/** The Models page, in a tab of its own. */
import { render } from 'preact';
import { connectToEngine } from '../../app/protocol/browser-line.ts';
import { isEverywhere, setEverywhere } from '../../app/protocol/everywhere.ts';
import { ModelsPage } from '../../app/ui/models-page.tsx';
import { ModelsState } from '../../app/ui/models-state.ts';
import '../../app/ui/tokens.css';
import '../../app/ui/theme.css';
import '../../app/ui/controls.css';
import '../../app/ui/models-page.css';

const state = new ModelsState(connectToEngine());
const everywhere = { is: isEverywhere, set: setEverywhere };
render(<ModelsPage state={state} everywhere={everywhere} />, document.getElementById('app')!);
void state.open();
