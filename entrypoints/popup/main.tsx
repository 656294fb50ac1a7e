/** The popup, also opened as a tab (`?tab=ID`: about that tab). */
import { openAssistant } from '../../app/ui/assistant/mount-assistant.tsx';

void openAssistant('popup');
