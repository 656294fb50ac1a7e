/** The popup. It can also be opened as a tab; `?tab=ID` selects the tab it is about. */
import { mountAssistant } from '../../app/ui/assistant/mount-assistant.tsx';

void mountAssistant('popup');
