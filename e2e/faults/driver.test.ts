import { expect, it } from 'vitest';
import type { LinnetBrowser } from '../harness/browser.ts';
import { Driver } from './driver.ts';
import { installClient } from './in-page.ts';
import { seeded } from './random.ts';

it('a request that is never answered is a complaint, also where nobody waits for it', async () => {
  const page = {
    on: () => {},
    isClosed: () => false,
    evaluate: (work: unknown) => (work === installClient ? Promise.resolve() : new Promise(() => {})),
  };
  const linnet = { open: async () => page } as unknown as LinnetBrowser;
  const driver = new Driver(linnet, seeded(1), 10);
  await driver.ask('settings', {}).catch(() => undefined);
  expect(driver.complaints).toEqual(['the request settings was not answered within 0.01 s']);
});
