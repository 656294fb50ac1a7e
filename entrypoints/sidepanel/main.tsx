/** The assistant in the panel beside the page, about the tab in front. */
import { mountAssistant } from '../../app/ui/assistant/mount-assistant.tsx';

void mountAssistant('panel');
