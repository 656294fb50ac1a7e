/**
 * Reads keys of a `config.json` and reports what is wrong with values that do not fit. Impossible values are
 * `checkpoint-damaged`; valid values that this engine cannot run are `model-unknown`.
 */
import { type EngineErrorCode, fail } from '../base/errors.ts';

export type Config = Readonly<Record<string, unknown>>;

/** Upper bound against damaged files, far above any published model. */
const LARGEST = 2 ** 24;

export function wrongConfig(where: string, expected: string, got: unknown, code?: EngineErrorCode): never {
  fail(code ?? 'checkpoint-damaged', {
    who: 'config.json',
    where,
    message: 'this value cannot be used',
    expected,
    got: got === undefined ? 'nothing' : JSON.stringify(got),
  });
}

export function unsupported(where: string, expected: string, got: unknown): never {
  wrongConfig(where, expected, got, 'model-unknown');
}

export function asConfig(value: unknown, where = 'the file'): Config {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    wrongConfig(where, 'an object', value);
  }
  return value as Config;
}

/** The graph has about ten nodes per layer, and a table has an entry per rotated element: both take memory. */
export const MOST_LAYERS = 1000;
export const WIDEST_HEAD = 4096;

/** A whole number, 1 or more. Absent or null returns the fallback, where there is one. */
export function count(config: Config, key: string, fallback?: number, most = LARGEST): number {
  const value = config[key] ?? fallback;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > most) {
    wrongConfig(key, `a whole number from 1 to ${most}`, config[key]);
  }
  return value;
}

/** A finite number above 0. */
export function positive(config: Config, key: string, fallback?: number): number {
  const value = config[key] ?? fallback;
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
    wrongConfig(key, 'a number above 0', config[key]);
  }
  return value;
}

export function flag(config: Config, key: string, fallback: boolean): boolean {
  const value = config[key] ?? fallback;
  return typeof value === 'boolean' ? value : wrongConfig(key, 'true or false', value);
}

/** One id, several, or none: `eos_token_id` has all three forms in published files. */
export function tokenIds(config: Config, key: string): number[] {
  const value = config[key] ?? [];
  const ids = Array.isArray(value) ? value : [value];
  const sound = ids.every((id) => Number.isInteger(id) && id >= 0 && id < LARGEST);
  return sound ? ids : wrongConfig(key, 'a token id or a list of them', value);
}
