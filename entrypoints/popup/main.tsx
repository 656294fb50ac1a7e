/** The popup. It can also be opened as a tab; `?tab=ID` selects the tab it is about. */
import { openAssistant } from '../../app/ui/assistant.tsx';

void openAssistant('popup');
