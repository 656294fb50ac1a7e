/**
 * What is known about a GPU beyond what it reports: which kernel variants passed their self-test and were not slower.
 * Tested once, in about a second, and stored by the caller as plain data.
 */
import { log } from '../../base/log.ts';
import type { Gpu, GpuFacts } from '../../gpu/index.ts';
import type { KernelVariants } from '../../kernels/kernel.ts';
import { VARIANT_NAMES, type VariantName, testVariant, type VariantResult } from './self-test.ts';

/** Increment when a variant or its test changes, so that stored results no longer apply. */
const VERSION = 4;

export interface AdapterVariants {
  /** The adapter, its features and the version of the tests. Results apply to one key only. */
  readonly key: string;
  readonly results: readonly VariantResult[];
  /** Set while a variant is tested. If it is found later, the test crashed the device. */
  readonly testing?: VariantName;
}

/** Where results are stored; `session/adapters/stored-variants.ts` implements it on a Storage. */
export interface VariantCache {
  read(key: string): Promise<AdapterVariants | undefined>;
  write(record: AdapterVariants): Promise<void>;
}

export function variantsKey(facts: GpuFacts): string {
  const { vendor, architecture, name, features } = facts;
  return [VERSION, vendor, architecture, name, ...[...features].sort()].join(' ');
}

/**
 * Returns the GPU's results from the cache, or tests it now and stores them. A variant whose test never returned stays
 * `wrong`. Throws only `gpu-lost`.
 */
export async function adapterVariants(gpu: Gpu, cache: VariantCache): Promise<AdapterVariants> {
  const key = variantsKey(gpu.facts);
  const known = await cache.read(key);
  if (known !== undefined && known.testing === undefined && isComplete(known)) return known;
  const results: VariantResult[] = [...(known?.results ?? [])];
  if (known?.testing !== undefined) {
    results.push({ variant: known.testing, state: 'wrong', refusal: 'the device was lost during the test' });
  }
  for (const variant of VARIANT_NAMES) {
    if (results.some((result) => result.variant === variant)) continue;
    await cache.write({ key, results, testing: variant });
    const result = await testVariant(gpu, variant, enabledVariants({ key, results }));
    log('info', 'gpu', printResult(result));
    results.push(result);
  }
  const record = { key, results };
  await cache.write(record);
  return record;
}

/** The variants that kernels may use. */
export function enabledVariants(record: AdapterVariants | undefined): KernelVariants {
  const on = record?.results.filter(({ state }) => state === 'on') ?? [];
  return Object.fromEntries(on.map(({ variant }) => [variant, true]));
}

/** Prints one line per variant. */
export function printVariants(record: AdapterVariants | undefined): string {
  if (record === undefined) return 'kernel variants: plain (this adapter was not tested)';
  return ['kernel variants:', ...record.results.map((v) => `  ${printResult(v)}`)].join('\n');
}

function printResult({ variant, state, error, allowed, plainUs, variantUs, refusal }: VariantResult): string {
  const off = error === undefined ? '' : `, off by ${error.toExponential(1)} of at most ${allowed}`;
  const time = plainUs === undefined ? '' : `, ${variantUs} µs instead of ${plainUs}`;
  return `${variant}: ${state}${off}${time}${refusal === undefined ? '' : ` (${refusal})`}`;
}

function isComplete({ results }: AdapterVariants): boolean {
  return VARIANT_NAMES.every((variant) => results.some((result) => result.variant === variant));
}
