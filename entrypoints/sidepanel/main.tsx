/** The assistant in the panel beside the page, about the tab in front. */
import { openAssistant } from '../../app/ui/assistant/mount-assistant.tsx';

void openAssistant('panel');
