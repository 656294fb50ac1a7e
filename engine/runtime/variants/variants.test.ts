import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fakeGpu, GPU_CONSTANTS } from '../../../scripts/testing/fake-gpu.ts';
import { type Gpu, type GpuFacts, openGpu } from '../../gpu/index.ts';
import {
  type AdapterVariants,
  adapterVariants,
  enabledVariants,
  printVariants,
  variantsKey,
} from './variants.ts';
import { testVariant, type VariantResult, variantsFor } from './self-test.ts';

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
  {
    variant: 'subgroups',
    scalar: 'f16',
    state: 'on',
    error: 1e-7,
    allowed: 1e-5,
    plainUs: 20,
    variantUs: 11,
  },
  { variant: 'wide', scalar: 'f16', state: 'on', error: 1e-7, allowed: 1e-5, plainUs: 30, variantUs: 21 },
  { variant: 'f16Math', scalar: 'f16', state: 'absent' },
  { variant: 'lanes', scalar: 'f16', state: 'wrong', error: 1, allowed: 1e-5 },
  { variant: 'laneAttention', scalar: 'f16', state: 'absent' },
  { variant: 'int8', scalar: 'f16', state: 'slower', error: 4e-3, allowed: 1e-2, plainUs: 20, variantUs: 21 },
  { variant: 'immediates', scalar: 'f16', state: 'absent' },
];

/** A device with nothing but facts: reading cached results must not need more. */
const device = { facts, immediates: false } as Gpu;
const untested = () => Promise.reject(new Error('nothing is to be tested'));

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
    expect(results.map((v) => v.variant)).toEqual(variantsFor('f16'));
    const { cache, written } = cacheOf({ key, results });
    expect(await adapterVariants(device, cache, 'f16', untested)).toEqual({ key, results });
    expect(written).toEqual([]);
  });

  it('are enabled where they are correct and not slower', () => {
    expect(enabledVariants({ key, results })).toEqual({ subgroups: true, wide: true });
    expect(enabledVariants(undefined)).toEqual({});
  });

  it('are wrong where their test never returned', async () => {
    const { cache, written } = cacheOf({
      key,
      results: results.slice(0, 5),
      testing: { variant: 'int8', scalar: 'f16' },
    });
    const record = await adapterVariants(device, cache, 'f16');
    expect(record.results[5]).toMatchObject({ variant: 'int8', scalar: 'f16', state: 'wrong' });
    expect(record.results[6]).toMatchObject({ variant: 'immediates', scalar: 'f16', state: 'absent' });
    expect(record.testing).toBeUndefined();
    expect(written.at(-1)).toEqual(record);
  });

  it('are tested for each type of activations that a model runs with, once, and kept side by side', async () => {
    const tested: string[] = [];
    /** Lanes are the faster form in f32, tiles that multiply halves in f16. */
    const test: typeof testVariant = async (_, variant, scalar, on = {}) => {
      tested.push(`${variant} ${scalar} against ${Object.keys(on).join()}`);
      const slower = scalar === 'f16' ? variant === 'lanes' : variant === 'laneAttention';
      return { variant, scalar, state: slower ? 'slower' : 'on' };
    };
    let stored: AdapterVariants | undefined;
    const cache = {
      read: async () => stored,
      write: async (next: AdapterVariants) => {
        stored = next;
      },
    };
    const enabled = async (scalar: 'f32' | 'f16') =>
      Object.keys(enabledVariants(await adapterVariants(device, cache, scalar, test))).join();
    expect(await enabled('f32')).toBe('subgroups,wide,lanes,int8,immediates');
    expect(await enabled('f16')).toBe('subgroups,wide,f16Math,laneAttention,int8,immediates');
    expect(tested).toContain('lanes f32 against subgroups,wide');
    expect(tested).toContain('lanes f16 against subgroups,wide,f16Math');
    expect(stored?.results).toHaveLength(13);
    const once = tested.length;
    expect(await enabled('f32')).toBe('subgroups,wide,lanes,int8,immediates');
    expect(tested).toHaveLength(once);
  });

  it('are tested in turns where two models load side by side', async () => {
    let stored: AdapterVariants | undefined;
    const cache = {
      read: async () => stored,
      write: async (next: AdapterVariants) => {
        stored = next;
      },
    };
    let running = 0;
    const test: typeof testVariant = async (_, variant, scalar) => {
      expect(++running).toBe(1);
      await Promise.resolve();
      running--;
      return { variant, scalar, state: 'on' };
    };
    const both = (['f16', 'f32'] as const).map((scalar) => adapterVariants(device, cache, scalar, test));
    await Promise.all(both);
    expect(stored?.results.map(({ state }) => state)).toEqual(Array(13).fill('on'));
  });

  it('that lost the device with one type of activations are off for it alone', async () => {
    const { cache } = cacheOf({ key, results: [], testing: { variant: 'lanes', scalar: 'f32' } });
    const test: typeof testVariant = async (_, variant, scalar) => ({ variant, scalar, state: 'on' });
    const { results } = await adapterVariants(device, cache, 'f16', test);
    expect(results).toContainEqual({ variant: 'lanes', scalar: 'f16', state: 'on' });
    expect(results.every(({ scalar }) => scalar === 'f16')).toBe(true);
  });

  it('have another key for other features, whatever their order', () => {
    expect(variantsKey({ ...facts, features: ['x', 'y'] })).toBe(key);
    expect(variantsKey({ ...facts, features: ['x'] })).not.toBe(key);
  });

  it('are printed in lines', () => {
    expect(printVariants({ key, results })).toBe(
      [
        'kernel variants:',
        '  subgroups f16: on, off by 1.0e-7 of at most 0.00001, 11 µs instead of 20',
        '  wide f16: on, off by 1.0e-7 of at most 0.00001, 21 µs instead of 30',
        '  f16Math f16: absent',
        '  lanes f16: wrong, off by 1.0e+0 of at most 0.00001',
        '  laneAttention f16: absent',
        '  int8 f16: slower, off by 4.0e-3 of at most 0.01, 21 µs instead of 20',
        '  immediates f16: absent',
      ].join('\n'),
    );
    expect(printVariants(undefined)).toContain('plain');
  });
});

describe('a self-test', () => {
  beforeAll(() => {
    for (const [name, value] of Object.entries(GPU_CONSTANTS)) vi.stubGlobal(name, value);
  });
  afterAll(() => vi.unstubAllGlobals());

  it.each(['f32', 'f16'] as const)('runs both forms with activations in %s', async (scalar) => {
    const gpu = { ...(await openGpu(fakeGpu().provider)), subgroupSizes: [8, 8] as const, packedDot: true };
    const shaders = vi.spyOn(gpu.device, 'createShaderModule');
    for (const variant of ['lanes', 'laneAttention', 'int8'] as const) {
      shaders.mockClear();
      // It computes nothing, so nothing is right.
      expect(await testVariant(gpu, variant, scalar)).toMatchObject({ variant, scalar, state: 'wrong' });
      const types = shaders.mock.calls.map(([{ code }]) => /alias Scalar = (\w+);/.exec(code)?.[1]);
      expect(types.length).toBeGreaterThan(0);
      expect(new Set(types)).toEqual(new Set([scalar]));
    }
  });
});
