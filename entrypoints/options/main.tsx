/** The Settings page; browsers open it as the extension's options. */
import { openSettings } from '../../app/ui/settings/mount-settings.tsx';

void openSettings(document.getElementById('app')!);
