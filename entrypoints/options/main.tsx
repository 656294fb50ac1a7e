/** The Settings page; browsers open it as the extension's options. */
import { openSettings } from '../../app/ui/settings/settings-page.tsx';

void openSettings(document.getElementById('app')!);
