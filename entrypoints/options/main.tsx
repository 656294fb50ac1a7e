/** The Settings page. Browsers open it as the extension's options page. */
import { openSettings } from '../../app/ui/settings/settings-page.tsx';

void openSettings(document.getElementById('app')!);
