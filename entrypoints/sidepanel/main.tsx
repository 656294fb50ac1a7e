/** The assistant in the side panel, about the active tab. */
import { openAssistant } from '../../app/ui/assistant.tsx';

void openAssistant('panel');
