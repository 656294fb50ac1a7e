import { describe, expect, it } from 'vitest';
import type { Gpu, GpuFacts } from '../../gpu/index.ts';
import { type AdapterForms, adapterForms, formsOf, printForms, formsKey } from './forms.ts';
import { FORM_NAMES, type Verdict } from './self-test.ts';

const facts: GpuFacts = {
  name: 'card',
  vendor: 'v',
  architecture: 'a',
  software: false,
  features: ['y', 'x'],
  limits: {},
};
const key = formsKey(facts);
const verdicts: Verdict[] = [
  { form: 'subgroups', state: 'on', error: 1e-7, allowed: 1e-5, plainUs: 20, formUs: 11 },
  { form: 'int8', state: 'slower', error: 4e-3, allowed: 1e-2, plainUs: 20, formUs: 21 },
  { form: 'f16Math', state: 'absent' },
];

/** A device with nothing but facts: what is known must not need more. */
const device = { facts } as Gpu;

function cacheOf(record: AdapterForms | undefined) {
  const written: AdapterForms[] = [];
  const cache = {
    read: async (wanted: string) => (wanted === record?.key ? record : undefined),
    write: async (next: AdapterForms) => void written.push(next),
  };
  return { cache, written };
}

describe('the forms of a GPU', () => {
  it('has a verdict for every form, and is taken from the cache', async () => {
    expect(verdicts.map((v) => v.form)).toEqual([...FORM_NAMES]);
    const { cache, written } = cacheOf({ key, verdicts });
    expect(await adapterForms(device, cache)).toEqual({ key, verdicts });
    expect(written).toEqual([]);
  });

  it('switches on what is right and not slower', () => {
    expect(formsOf({ key, verdicts })).toEqual({ subgroups: true });
    expect(formsOf(undefined)).toEqual({});
  });

  it('takes a test that never came back for a fault of the form', async () => {
    const { cache, written } = cacheOf({ key, verdicts: verdicts.slice(0, 2), testing: 'f16Math' });
    const record = await adapterForms(device, cache);
    expect(record.verdicts[2]).toMatchObject({ form: 'f16Math', state: 'wrong' });
    expect(record.testing).toBeUndefined();
    expect(written).toEqual([record]);
  });

  it('is another one for other features, in whatever order they come', () => {
    expect(formsKey({ ...facts, features: ['x', 'y'] })).toBe(key);
    expect(formsKey({ ...facts, features: ['x'] })).not.toBe(key);
  });

  it('is told in lines', () => {
    expect(printForms({ key, verdicts })).toBe(
      [
        'forms of kernels:',
        '  subgroups: on, off by 1.0e-7 of at most 0.00001, 11 µs instead of 20',
        '  int8: slower, off by 4.0e-3 of at most 0.01, 21 µs instead of 20',
        '  f16Math: absent',
      ].join('\n'),
    );
    expect(printForms(undefined)).toContain('plain');
  });
});
