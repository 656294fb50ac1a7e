/** The assistant in a tab of its own (`?tab=ID`: about that tab). */
import { openAssistant } from '../../app/ui/assistant/mount-assistant.tsx';

void openAssistant('tab');
