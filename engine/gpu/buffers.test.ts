import { expect, it } from 'vitest';
import { EngineError } from '../base/errors.ts';
import { submittedWorkDone } from './buffers.ts';
import type { Gpu } from './device.ts';

const fakeGpu = (onSubmittedWorkDone: () => Promise<undefined>, check = () => {}) =>
  ({ device: { queue: { onSubmittedWorkDone } }, check }) as unknown as Gpu;

it('reports a lost device where the browser only rejects', async () => {
  const gone = () => Promise.reject(new Error('A valid external Instance reference no longer exists.'));
  await expect(submittedWorkDone(fakeGpu(gone))).rejects.toMatchObject({ code: 'gpu-lost' });
});

it('reports the reason when the device already knows it', async () => {
  const check = () => {
    throw new EngineError('gpu-lost', { who: 'gpu', message: 'reset by the driver' });
  };
  const gone = () => Promise.reject(new Error('gone'));
  await expect(submittedWorkDone(fakeGpu(gone, check))).rejects.toThrow('reset by the driver');
  await expect(submittedWorkDone(fakeGpu(async () => undefined))).resolves.toBeUndefined();
});
