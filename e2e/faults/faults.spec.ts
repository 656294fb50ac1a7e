/** The short form of the campaign (`npm run faults`): one browser, each kind of kill once. */
import { seeded } from './random.ts';
import { Driver } from './driver.ts';
import { bigFiles, bigTensors } from '../../engine/testing/big-import.ts';
import { ModelServer } from '../../scripts/testing/model-server.ts';
import { expect, test } from '../harness/index.ts';
import { activities } from './kinds/activities.ts';
import { kill, KILLS } from './kinds/kills.ts';

test.use({ ownBrowser: true });

test('nothing that was acknowledged is lost when a process dies', async ({ linnet }) => {
  const hub = await new ModelServer(bigFiles(bigTensors(5000)), { rate: 400_000 }).listen();
  const driver = new Driver(linnet, seeded(3));
  await driver.demoModel();
  for (const [i, kind] of KILLS.entries()) {
    const activity = activities[i % activities.length]!;
    const { losses, complaints } = await kill(driver, kind, activity, hub.url);
    expect({ losses, complaints }, `${kind} in ${activity.name}`).toEqual({ losses: [], complaints: [] });
  }
  expect(driver.ledger.acknowledged).toBeGreaterThan(5);
  hub.close();
});
