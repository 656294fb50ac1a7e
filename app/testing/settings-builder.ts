/** Sets up the Settings page for tests, with a fake environment. */
import type { Settings } from '../protocol/types.ts';
import { SettingsController, type SettingsEnvironment } from '../ui/settings/settings-controller.ts';
import { settings } from './builders.ts';
import { RecordingClient } from './recording-client.ts';

interface SettingsSetUp {
  readonly settings?: Partial<Settings>;
  readonly environment?: Partial<SettingsEnvironment>;
}

/** A controller whose worker has sent its settings, and the calls of the browser in order. */
export function settingsPage(change: SettingsSetUp = {}) {
  const client = new RecordingClient();
  const calls: unknown[] = [];
  const controller = new SettingsController(client, {
    version: '1.2.3',
    language: undefined,
    browserLocale: 'en',
    chooseLanguage: async (tag) => void calls.push(['chooseLanguage', tag]),
    shortcut: 'Alt+Shift+L',
    allSites: {
      initial: false,
      set: async (on) => {
        calls.push(['allSites', on]);
        return on;
      },
    },
    siteAccess: {
      has: async () => true,
      request: async (site) => {
        calls.push(['siteAccess', site]);
        return true;
      },
    },
    openModels: () => void calls.push(['openModels']),
    eraseRest: async () => void calls.push(['eraseRest']),
    ...change.environment,
  });
  client.emit({ kind: 'settings', settings: settings(change.settings) });
  return { client, controller, calls };
}
