/** The door of the room that runs graphs on a GPU. */
export { createRuntime } from './create.ts';
export { type AdapterProfile, adapterProfile, type ProfileCache, profileKey } from './profile.ts';
export type { FormName, Verdict } from './self-test.ts';
export type {
  PrefillOptions,
  Runtime,
  RuntimeCounters,
  RuntimeOptions,
  RuntimeProgress,
  StepResult,
  Wanted,
  WeightBytes,
  WeightSource,
} from './runtime.ts';
