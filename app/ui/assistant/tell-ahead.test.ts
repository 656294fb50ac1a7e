import { signal } from '@preact/signals';
import { expect, test, vi } from 'vitest';
import { RecordingClient } from '../../testing/recording-client.ts';
import { page } from '../../testing/test-client.ts';
import type { PageStatus } from './assistant-controller.ts';
import { tellAhead } from './tell-ahead.ts';

const power = { charging: true, level: 1, phone: false };
const read = (text = page.text): PageStatus => ({
  kind: 'read',
  reading: { page: { ...page, text }, selection: '' },
});

function surface(inPrivate = false) {
  const client = new RecordingClient();
  const status = signal<PageStatus>({ kind: 'reading' });
  const shown = signal<string | undefined>(undefined);
  tellAhead({ client, surface: { inPrivate, power: async () => power }, page: status, shown });
  const told = () => client.sent('read-ahead').map(({ page: of, conversation }) => of?.text ?? conversation);
  return { status, shown, told };
}

test('the page is told once it is read, and again only when it has changed', async () => {
  const { status, told } = surface();
  expect(told()).toEqual([]);
  status.value = read();
  await vi.waitFor(() => expect(told()).toEqual([page.text]));
  status.value = read();
  status.value = read('Other.');
  await vi.waitFor(() => expect(told()).toEqual([page.text, 'Other.']));
});

test('a conversation that is shown takes the place of the page', async () => {
  const { status, shown, told } = surface();
  status.value = read();
  shown.value = 'c';
  await vi.waitFor(() => expect(told()).toEqual([page.text, 'c']));
  status.value = read('Other.');
  shown.value = undefined;
  await vi.waitFor(() => expect(told()).toEqual([page.text, 'c', 'Other.']));
});

test('where there is no page any more, nothing is wanted', async () => {
  const { status, told } = surface();
  status.value = read();
  status.value = { kind: 'none' };
  await vi.waitFor(() => expect(told()).toEqual([page.text, undefined]));
});

test('nothing is told of a private window', async () => {
  const { status, shown, told } = surface(true);
  status.value = read();
  shown.value = 'c';
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(told()).toEqual([]);
});
