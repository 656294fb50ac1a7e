import { describe, expect, it } from 'vitest';
import type { Gpu, GpuFacts } from '../gpu/index.ts';
import { type AdapterProfile, adapterProfile, formsOf, printProfile, profileKey } from './profile.ts';
import { FORM_NAMES, type Verdict } from './self-test.ts';

const facts: GpuFacts = { name: 'card', vendor: 'v', architecture: 'a', features: ['y', 'x'], limits: {} };
const key = profileKey(facts);
const verdicts: Verdict[] = [
  { form: 'subgroups', state: 'on', error: 1e-7, allowed: 1e-5, plainUs: 20, formUs: 11 },
  { form: 'int8', state: 'slower', error: 4e-3, allowed: 1e-2, plainUs: 20, formUs: 21 },
  { form: 'f16Math', state: 'absent' },
];

/** A device with nothing but facts: what is known must not need more. */
const device = { facts } as Gpu;

function cacheOf(profile: AdapterProfile | undefined) {
  const written: AdapterProfile[] = [];
  const cache = {
    read: async (wanted: string) => (wanted === profile?.key ? profile : undefined),
    write: async (next: AdapterProfile) => void written.push(next),
  };
  return { cache, written };
}

describe('the profile of a GPU', () => {
  it('has a verdict for every form, and is taken from the cache', async () => {
    expect(verdicts.map((v) => v.form)).toEqual([...FORM_NAMES]);
    const { cache, written } = cacheOf({ key, verdicts });
    expect(await adapterProfile(device, cache)).toEqual({ key, verdicts });
    expect(written).toEqual([]);
  });

  it('switches on what is right and not slower', () => {
    expect(formsOf({ key, verdicts })).toEqual({ subgroups: true });
    expect(formsOf(undefined)).toEqual({});
  });

  it('takes a test that never came back for a fault of the form', async () => {
    const { cache, written } = cacheOf({ key, verdicts: verdicts.slice(0, 2), testing: 'f16Math' });
    const profile = await adapterProfile(device, cache);
    expect(profile.verdicts[2]).toMatchObject({ form: 'f16Math', state: 'wrong' });
    expect(profile.testing).toBeUndefined();
    expect(written).toEqual([profile]);
  });

  it('is another one for other features, in whatever order they come', () => {
    expect(profileKey({ ...facts, features: ['x', 'y'] })).toBe(key);
    expect(profileKey({ ...facts, features: ['x'] })).not.toBe(key);
  });

  it('is told in lines', () => {
    expect(printProfile({ key, verdicts })).toBe(
      [
        'forms of kernels:',
        '  subgroups: on, off by 1.0e-7 of at most 0.00001, 11 µs instead of 20',
        '  int8: slower, off by 4.0e-3 of at most 0.01, 21 µs instead of 20',
        '  f16Math: absent',
      ].join('\n'),
    );
    expect(printProfile(undefined)).toContain('plain');
  });
});
