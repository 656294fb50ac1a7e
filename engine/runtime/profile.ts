/**
 * What is known about a GPU beyond what it says about itself: which forms of kernels passed their self-test
 * there and were not slower. Found out once, in a second or so, and kept by the caller as plain data.
 */
import { log } from '../base/log.ts';
import type { Gpu, GpuFacts } from '../gpu/index.ts';
import type { Forms } from '../kernels/index.ts';
import { FORM_NAMES, type FormName, testForm, type Verdict } from './self-test.ts';

/** Counts up when a form or its test changes, so that old verdicts no longer hold. */
const VERSION = 1;

export interface AdapterProfile {
  /** The adapter, its features and the version of the tests: another key, another profile. */
  readonly key: string;
  readonly verdicts: readonly Verdict[];
  /** Set while a form is tested: found later, it says that the test took the device with it. */
  readonly testing?: FormName;
}

/** Where profiles are kept; `session/stored-profiles.ts` keeps them in a Storage. */
export interface ProfileCache {
  read(key: string): Promise<AdapterProfile | undefined>;
  write(profile: AdapterProfile): Promise<void>;
}

export function profileKey(facts: GpuFacts): string {
  const { vendor, architecture, name, features } = facts;
  return [VERSION, vendor, architecture, name, ...[...features].sort()].join(' ');
}

/**
 * The GPU's profile from the cache, or found out now and written there. A form whose test never came back is
 * `wrong` from then on. Throws `gpu-lost` alone.
 */
export async function adapterProfile(gpu: Gpu, cache: ProfileCache): Promise<AdapterProfile> {
  const key = profileKey(gpu.facts);
  const known = await cache.read(key);
  if (known !== undefined && known.testing === undefined && isWhole(known)) return known;
  const verdicts: Verdict[] = [...(known?.verdicts ?? [])];
  if (known?.testing !== undefined) {
    verdicts.push({ form: known.testing, state: 'wrong', refusal: 'the device did not outlive the test' });
  }
  for (const form of FORM_NAMES) {
    if (verdicts.some((verdict) => verdict.form === form)) continue;
    await cache.write({ key, verdicts, testing: form });
    const verdict = await testForm(gpu, form);
    log('info', 'gpu', printVerdict(verdict));
    verdicts.push(verdict);
  }
  const profile = { key, verdicts };
  await cache.write(profile);
  return profile;
}

/** The forms that kernels may use. */
export function formsOf(profile: AdapterProfile | undefined): Forms {
  const on = profile?.verdicts.filter(({ state }) => state === 'on') ?? [];
  return Object.fromEntries(on.map(({ form }) => [form, true]));
}

/** One line per form, for people. */
export function printProfile(profile: AdapterProfile | undefined): string {
  if (profile === undefined) return 'forms of kernels: plain (this adapter was not tested)';
  return ['forms of kernels:', ...profile.verdicts.map((v) => `  ${printVerdict(v)}`)].join('\n');
}

function printVerdict({ form, state, error, allowed, plainUs, formUs, refusal }: Verdict): string {
  const off = error === undefined ? '' : `, off by ${error.toExponential(1)} of at most ${allowed}`;
  const time = plainUs === undefined ? '' : `, ${formUs} µs instead of ${plainUs}`;
  return `${form}: ${state}${off}${time}${refusal === undefined ? '' : ` (${refusal})`}`;
}

function isWhole({ verdicts }: AdapterProfile): boolean {
  return FORM_NAMES.every((form) => verdicts.some((verdict) => verdict.form === form));
}
