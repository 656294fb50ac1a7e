/**
 * What is known about a GPU beyond what it reports: which kernel variants passed their self-test and were not slower.
 * Tested once for each type of activations that a model runs with, in about a second, and stored by the caller as plain data.
 */
import { type Serial, serial } from '../../base/async.ts';
import { log } from '../../base/log.ts';
import type { Gpu, GpuFacts } from '../../gpu/index.ts';
import type { KernelVariants } from '../../kernels/kernel.ts';
import type { ActivationDType } from '../../tensor/tensor.ts';
import { type VariantName, testVariant, type VariantResult, variantsFor } from './self-test.ts';

/** Increment when a variant or its test changes, so that stored results no longer apply. */
const VERSION = 6;

export interface AdapterVariants {
  /** The adapter, its features and the version of the tests. Results apply to one key only. */
  readonly key: string;
  /** In a cache those of all types of activations that were tested, otherwise those of one. */
  readonly results: readonly VariantResult[];
  /** Set while a variant is tested. If it is found later, the test crashed the device. */
  readonly testing?: Pick<VariantResult, 'variant' | 'scalar'>;
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

/** Whether a key is that of an earlier or a later version of the tests. */
export function isOtherVersion(key: string): boolean {
  return !key.startsWith(`${VERSION} `);
}

/** Tests of a GPU take turns: models may load side by side, and a test that runs must not be taken for one that crashed. */
const turns = new WeakMap<Gpu, Serial>();

/**
 * Returns the GPU's results for activations of a type from the cache, or tests it now and stores them. A variant whose test
 * never returned stays `wrong`. Throws only `gpu-lost`.
 */
export async function adapterVariants(
  gpu: Gpu,
  cache: VariantCache,
  scalar: ActivationDType,
  test: typeof testVariant = testVariant,
): Promise<AdapterVariants> {
  const inTurn = turns.get(gpu) ?? serial();
  turns.set(gpu, inTurn);
  return inTurn(() => variantsOf(gpu, cache, scalar, test));
}

async function variantsOf(
  gpu: Gpu,
  cache: VariantCache,
  scalar: ActivationDType,
  test: typeof testVariant,
): Promise<AdapterVariants> {
  const key = variantsKey(gpu.facts);
  const known = await cache.read(key);
  const results: VariantResult[] = [...(known?.results ?? [])];
  if (known?.testing !== undefined) {
    results.push({ ...known.testing, state: 'wrong', refusal: 'the device was lost during the test' });
  }
  const own = () => results.filter((result) => result.scalar === scalar);
  const lacks = (variant: VariantName) => !own().some((result) => result.variant === variant);
  const missing = variantsFor(scalar).filter(lacks);
  for (const variant of missing) {
    await cache.write({ key, results, testing: { variant, scalar } });
    const result = await test(gpu, variant, scalar, enabledVariants({ key, results: own() }));
    log('info', 'gpu', printResult(result));
    results.push(result);
  }
  if (missing.length > 0 || known?.testing !== undefined) await cache.write({ key, results });
  return { key, results: own() };
}

/** The variants that kernels may use, of a record for one type of activations. */
export function enabledVariants(record: AdapterVariants | undefined): KernelVariants {
  const on = record?.results.filter(({ state }) => state === 'on') ?? [];
  return Object.fromEntries(on.map(({ variant }) => [variant, true]));
}

/** Prints one line per variant. */
export function printVariants(record: AdapterVariants | undefined): string {
  if (record === undefined) return 'kernel variants: plain (this adapter was not tested)';
  return ['kernel variants:', ...record.results.map((v) => `  ${printResult(v)}`)].join('\n');
}

function printResult(result: VariantResult): string {
  const { variant, scalar, state, error, allowed, plainUs, variantUs, refusal } = result;
  const off = error === undefined ? '' : `, off by ${error.toExponential(1)} of at most ${allowed}`;
  const time = plainUs === undefined ? '' : `, ${variantUs} µs instead of ${plainUs}`;
  return `${variant} ${scalar}: ${state}${off}${time}${refusal === undefined ? '' : ` (${refusal})`}`;
}
