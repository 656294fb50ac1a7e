/** The assistant in its own tab. `?tab=ID` selects the tab it is about. */
import { mountAssistant } from '../../app/ui/assistant/mount-assistant.tsx';

void mountAssistant('tab');
