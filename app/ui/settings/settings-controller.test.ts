import { describe, expect, it } from 'vitest';
import { settingsPage } from '../../testing/settings-builder.ts';

const refuses = { initial: false, set: () => Promise.reject(new Error('no')) };

describe('SettingsController', () => {
  it('shows a change at once, and takes it back if the worker refuses it', async () => {
    const { client, controller } = settingsPage({ settings: { pace: 'polite' } });
    client.refuse('set-settings', 'engine-unreachable');
    const changed = controller.change({ pace: 'full' });
    expect(controller.worker.settings.value?.pace).toBe('full');
    expect(await changed).toBe(false);
    expect(controller.worker.settings.value?.pace).toBe('polite');
    expect(controller.failure.value?.code).toBe('engine-unreachable');
  });

  it('says what could not be deleted, or not be changed', async () => {
    const { client, controller } = settingsPage();
    client.answer('translations', () => []);
    client.refuse('delete-translations', 'internal');
    await controller.deleteTranslations();
    expect(controller.failure.value?.code).toBe('internal');
    client.refuse('set-settings', 'store-full');
    await controller.keepFor('day');
    expect(controller.failure.value?.code).toBe('store-full');
  });

  it('offers the bubble on all sites only if the browser agrees', async () => {
    const { controller, calls } = settingsPage();
    await controller.setAllSites(true);
    expect([controller.allSites.value, calls]).toEqual([true, [['allSites', true]]]);
    const denied = settingsPage({ environment: { allSites: { initial: false, set: async () => false } } });
    await denied.controller.setAllSites(true);
    expect(denied.controller.allSites.value).toBe(false);
  });

  it('keeps the state of all sites if the change fails', async () => {
    const { controller } = settingsPage({ environment: { allSites: refuses } });
    await controller.setAllSites(true);
    expect(controller.allSites.value).toBe(false);
    const on = settingsPage({ environment: { allSites: { ...refuses, initial: true } } });
    await on.controller.setAllSites(false);
    expect(on.controller.allSites.value).toBe(true);
  });

  it('erases the worker’s data, then the rest', async () => {
    const { client, controller, calls } = settingsPage({
      environment: { allSites: { initial: true, set: async (on) => on } },
    });
    const answer = client.hold('erase');
    const done = controller.erase(true);
    expect([controller.erasing.value, calls]).toEqual(['working', []]);
    answer(null);
    await done;
    expect(client.sent('erase')).toEqual([{ models: true }]);
    expect([controller.erasing.value, calls, controller.allSites.value]).toEqual([
      'done',
      [['eraseRest']],
      false,
    ]);
  });

  it('erases nothing else if the worker refuses', async () => {
    const { client, controller, calls } = settingsPage();
    client.refuse('erase', 'engine-unreachable');
    await controller.erase(false);
    expect([controller.erasing.value, calls]).toEqual([undefined, []]);
    expect(controller.failure.value?.code).toBe('engine-unreachable');
  });

  it('erases the rest also where the worker could not delete everything, and says so', async () => {
    const { client, controller, calls } = settingsPage();
    client.refuse('erase', 'erase-incomplete');
    await controller.erase(true);
    expect([controller.erasing.value, calls]).toEqual([undefined, [['eraseRest']]]);
    expect(controller.failure.value?.code).toBe('erase-incomplete');
  });

  it('does not know of all sites where the browser does not', async () => {
    const { controller } = settingsPage({
      environment: { allSites: { ...refuses, initial: undefined } },
    });
    await controller.erase(false);
    expect(controller.allSites.value).toBeUndefined();
  });
});
