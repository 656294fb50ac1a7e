import { expect, it } from 'vitest';
import { page } from '../../../testing/test-client.ts';
import { RecordingClient } from '../../../testing/recording-client.ts';
import { ReadAtRest, type ReadAtRestOptions } from './read-at-rest.ts';

const soon = () => new Promise((resolve) => setTimeout(resolve, 5));

function setUp({ ready = true, ...change }: Partial<ReadAtRestOptions> & { readonly ready?: boolean } = {}) {
  const clients: RecordingClient[] = [];
  let reads = 0;
  const connect = () => {
    const client = new RecordingClient();
    client.answer('read-ahead', () => ready);
    clients.push(client);
    return client;
  };
  const read = async () => {
    reads++;
    return page;
  };
  const resting = new ReadAtRest({
    ...{ isOften: () => true, rests: async () => true, power: async () => ({ phone: false }) },
    ...{ connect, read, ...change },
  });
  const told = () => clients.flatMap((client) => client.sent('read-ahead').map((sent) => sent.page?.text));
  return { resting, clients, told, reads: () => reads };
}

it('names the page once it rests, and drops it when the page is hidden', async () => {
  const { resting, clients, told } = setUp();
  resting.start();
  await soon();
  expect(told()).toEqual([undefined, page.text]);
  expect(clients[0]!.closed).toBe(false);
  resting.stop();
  expect(clients[0]!.closed).toBe(true);
});

it('does not read the page where no model would', async () => {
  const { resting, clients, reads } = setUp({ ready: false });
  resting.start();
  await soon();
  expect([reads(), clients.map(({ closed }) => closed)]).toEqual([0, [true]]);
});

it.each([
  ['is of a site that is summarised seldom', { isOften: () => false }],
  ['never rests', { rests: async () => false }],
])('connects to nothing where the page %s', async (_, change) => {
  const { resting, clients } = setUp(change);
  resting.start();
  await soon();
  expect(clients).toEqual([]);
});

it('says nothing of a page that was left meanwhile', async () => {
  const { resting, told } = setUp();
  resting.start();
  resting.stop();
  await soon();
  expect(told()).toEqual([]);
});
