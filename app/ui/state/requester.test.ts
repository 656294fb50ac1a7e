import { signal } from '@preact/signals';
import { describe, expect, it, vi } from 'vitest';
import type { Client } from '../../protocol/client.ts';
import { RequestController, WorkerController } from './requester.ts';

const refuse = async () => {
  throw new DOMException('no room', 'QuotaExceededError');
};
const clientThat = (request: () => Promise<unknown>) =>
  ({ onConnection() {}, onEvent() {}, watch() {}, request: vi.fn(request) }) as unknown as Client;

describe('a request of a page', () => {
  it('is sent to the worker, and reports success', async () => {
    const client = clientThat(async () => null);
    const controller = new RequestController(client);
    expect(await controller.request('stop', { job: 'j' })).toBe(true);
    expect(client.request).toHaveBeenCalledWith('stop', { job: 'j' });
    expect(controller.failure.value).toBeUndefined();
  });

  it('keeps why it failed, until the next request begins', async () => {
    let answer: () => Promise<unknown> = refuse;
    const controller = new RequestController(clientThat(() => answer()));
    expect(await controller.request('stop', { job: 'j' })).toBe(false);
    expect(controller.failure.value?.code).toBe('store-full');
    answer = () => new Promise(() => {});
    void controller.request('stop', { job: 'j' });
    expect(controller.failure.value).toBeUndefined();
  });
});

describe('a change of the settings', () => {
  it('reports that the worker refused it', async () => {
    const controller = new WorkerController(clientThat(refuse));
    const failures = signal(0);
    controller.failure.subscribe((failure) => {
      if (failure !== undefined) failures.value++;
    });
    expect(await controller.change({ autoStart: false })).toBe(false);
    expect(failures.value).toBe(1);
  });
});
