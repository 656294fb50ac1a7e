/** The assistant in its own tab. `?tab=ID` selects the tab it is about. */
import { openAssistant } from '../../app/ui/assistant.tsx';

void openAssistant('tab');
