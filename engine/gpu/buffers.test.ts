import { expect, it } from 'vitest';
import { LinnetError } from '../base/errors.ts';
import { settled } from './buffers.ts';
import type { Gpu } from './device.ts';

const gpuThat = (onSubmittedWorkDone: () => Promise<undefined>, check = () => {}) =>
  ({ device: { queue: { onSubmittedWorkDone } }, check }) as unknown as Gpu;

it('says that the device is lost where the browser only rejects', async () => {
  const gone = () => Promise.reject(new Error('A valid external Instance reference no longer exists.'));
  await expect(settled(gpuThat(gone))).rejects.toMatchObject({ code: 'gpu-lost' });
});

it('says why, where the device knows by then', async () => {
  const check = () => {
    throw new LinnetError('gpu-lost', { who: 'gpu', message: 'reset by the driver' });
  };
  const gone = () => Promise.reject(new Error('gone'));
  await expect(settled(gpuThat(gone, check))).rejects.toThrow('reset by the driver');
  await expect(settled(gpuThat(async () => undefined))).resolves.toBeUndefined();
});
