/**
 * What is known about a GPU beyond what it says about itself: which forms of kernels passed their self-test
 * there and were not slower. Found out once, in a second or so, and kept by the caller as plain data.
 */
import { log } from '../../base/log.ts';
import type { Gpu, GpuFacts } from '../../gpu/index.ts';
import type { Forms } from '../../kernels/kernel.ts';
import { FORM_NAMES, type FormName, testForm, type Verdict } from './self-test.ts';

/** Counts up when a form or its test changes, so that old verdicts no longer hold. */
const VERSION = 1;

export interface AdapterForms {
  /** The adapter, its features and the version of the tests: another key, other verdicts. */
  readonly key: string;
  readonly verdicts: readonly Verdict[];
  /** Set while a form is tested: found later, it says that the test took the device with it. */
  readonly testing?: FormName;
}

/** Where verdicts are kept; `session/stored-forms.ts` keeps them in a Storage. */
export interface FormsCache {
  read(key: string): Promise<AdapterForms | undefined>;
  write(record: AdapterForms): Promise<void>;
}

export function formsKey(facts: GpuFacts): string {
  const { vendor, architecture, name, features } = facts;
  return [VERSION, vendor, architecture, name, ...[...features].sort()].join(' ');
}

/**
 * The GPU's verdicts from the cache, or found out now and written there. A form whose test never came back is
 * `wrong` from then on. Throws `gpu-lost` alone.
 */
export async function adapterForms(gpu: Gpu, cache: FormsCache): Promise<AdapterForms> {
  const key = formsKey(gpu.facts);
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
  const record = { key, verdicts };
  await cache.write(record);
  return record;
}

/** The forms that kernels may use. */
export function formsOf(record: AdapterForms | undefined): Forms {
  const on = record?.verdicts.filter(({ state }) => state === 'on') ?? [];
  return Object.fromEntries(on.map(({ form }) => [form, true]));
}

/** One line per form, for people. */
export function printForms(record: AdapterForms | undefined): string {
  if (record === undefined) return 'forms of kernels: plain (this adapter was not tested)';
  return ['forms of kernels:', ...record.verdicts.map((v) => `  ${printVerdict(v)}`)].join('\n');
}

function printVerdict({ form, state, error, allowed, plainUs, formUs, refusal }: Verdict): string {
  const off = error === undefined ? '' : `, off by ${error.toExponential(1)} of at most ${allowed}`;
  const time = plainUs === undefined ? '' : `, ${formUs} µs instead of ${plainUs}`;
  return `${form}: ${state}${off}${time}${refusal === undefined ? '' : ` (${refusal})`}`;
}

function isWhole({ verdicts }: AdapterForms): boolean {
  return FORM_NAMES.every((form) => verdicts.some((verdict) => verdict.form === form));
}
