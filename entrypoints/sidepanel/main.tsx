/** The assistant in the side panel, about the active tab. */
import { mountAssistant } from '../../app/ui/assistant/mount-assistant.tsx';

void mountAssistant('panel');
