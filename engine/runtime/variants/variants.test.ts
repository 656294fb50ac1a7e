import { describe, expect, it } from 'vitest';
import type { Gpu, GpuFacts } from '../../gpu/index.ts';
import {
  type AdapterVariants,
  adapterVariants,
  enabledVariants,
  printVariants,
  variantsKey,
} from './variants.ts';
import { VARIANT_NAMES, type VariantResult } from './self-test.ts';

const facts: GpuFacts = {
  name: 'card',
  vendor: 'v',
  architecture: 'a',
  software: false,
  features: ['y', 'x'],
  limits: {},
};
const key = variantsKey(facts);
const results: VariantResult[] = [
  { variant: 'subgroups', state: 'on', error: 1e-7, allowed: 1e-5, plainUs: 20, variantUs: 11 },
  { variant: 'f16Math', state: 'absent' },
  { variant: 'lanes', state: 'wrong', error: 1, allowed: 1e-5 },
  { variant: 'laneAttention', state: 'absent' },
  { variant: 'int8', state: 'slower', error: 4e-3, allowed: 1e-2, plainUs: 20, variantUs: 21 },
  { variant: 'immediates', state: 'absent' },
];

/** A device with nothing but facts: reading cached results must not need more. */
const device = { facts, immediates: false } as Gpu;

function cacheOf(record: AdapterVariants | undefined) {
  const written: AdapterVariants[] = [];
  const cache = {
    read: async (wanted: string) => (wanted === record?.key ? record : undefined),
    write: async (next: AdapterVariants) => void written.push(next),
  };
  return { cache, written };
}

describe('the kernel variants of a GPU', () => {
  it('have a result each, read from the cache', async () => {
    expect(results.map((v) => v.variant)).toEqual([...VARIANT_NAMES]);
    const { cache, written } = cacheOf({ key, results });
    expect(await adapterVariants(device, cache)).toEqual({ key, results });
    expect(written).toEqual([]);
  });

  it('are enabled where they are correct and not slower', () => {
    expect(enabledVariants({ key, results })).toEqual({ subgroups: true });
    expect(enabledVariants(undefined)).toEqual({});
  });

  it('are wrong where their test never returned', async () => {
    const { cache, written } = cacheOf({ key, results: results.slice(0, 4), testing: 'int8' });
    const record = await adapterVariants(device, cache);
    expect(record.results[4]).toMatchObject({ variant: 'int8', state: 'wrong' });
    expect(record.results[5]).toMatchObject({ variant: 'immediates', state: 'absent' });
    expect(record.testing).toBeUndefined();
    expect(written.at(-1)).toEqual(record);
  });

  it('have another key for other features, whatever their order', () => {
    expect(variantsKey({ ...facts, features: ['x', 'y'] })).toBe(key);
    expect(variantsKey({ ...facts, features: ['x'] })).not.toBe(key);
  });

  it('are printed in lines', () => {
    expect(printVariants({ key, results })).toBe(
      [
        'kernel variants:',
        '  subgroups: on, off by 1.0e-7 of at most 0.00001, 11 µs instead of 20',
        '  f16Math: absent',
        '  lanes: wrong, off by 1.0e+0 of at most 0.00001',
        '  laneAttention: absent',
        '  int8: slower, off by 4.0e-3 of at most 0.01, 21 µs instead of 20',
        '  immediates: absent',
      ].join('\n'),
    );
    expect(printVariants(undefined)).toContain('plain');
  });
});
