/** Converts diagnostics to the facts that the fit check needs. */
import type { Diagnostics } from '../protocol/requests.ts';
import type { Models } from '../protocol/types.ts';
import type { DeviceFacts } from './fit.ts';

export function deviceOf({ adapter, memoryGiB }: Diagnostics, storage: Models['storage']): DeviceFacts {
  const gpu =
    adapter === undefined
      ? undefined
      : {
          f16: adapter.features.includes('shader-f16'),
          software: adapter.software,
          largestBytes: Math.min(
            adapter.limits.maxStorageBufferBindingSize ?? Number.POSITIVE_INFINITY,
            adapter.limits.maxBufferSize ?? Number.POSITIVE_INFINITY,
          ),
        };
  return {
    gpu,
    memoryGiB,
    storage,
  };
}

/** `NVIDIA GeForce …`, or vendor and architecture if the browser hides the name. */
export function adapterName({ name, vendor, architecture }: NonNullable<Diagnostics['adapter']>): string {
  return name || [vendor, architecture].filter((part) => part !== '').join(' · ') || 'GPU';
}
