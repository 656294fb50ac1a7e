/** The popup, also opened as a tab (`?tab=ID`: about that tab). */
import { mountAssistant } from '../../app/ui/assistant/mount-assistant.tsx';

void mountAssistant('popup');
