/** The assistant in a tab of its own (`?tab=ID`: about that tab). */
import { mountAssistant } from '../../app/ui/assistant/mount-assistant.tsx';

void mountAssistant('tab');
