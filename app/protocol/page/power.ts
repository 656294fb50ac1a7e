/** What a device says of its power, and whether a page may be read before anyone asked about it. Pure. */

export interface Power {
  /** Absent where the browser does not say. */
  readonly charging?: boolean;
  /** 0 to 1; absent where the browser does not say. */
  readonly level?: number;
  /** A telephone or a small tablet: its battery and its heat are dearer. */
  readonly phone: boolean;
}

/** When pages are read ahead; `careful`, the default, asks the battery. */
export type ReadAheadSetting = 'careful' | 'always' | 'never';

/** Least level of a battery that is not being charged. */
const LEVEL = { phone: 0.8, other: 0.5 } as const;

/**
 * Without a word of the browser about its battery, a phone reads nothing ahead. `power` is undefined where a page keeps it
 * from scripts: then nothing is known of the battery although the browser would say it.
 */
export function mayReadAhead(setting: ReadAheadSetting = 'careful', power: Power | undefined): boolean {
  if (setting !== 'careful') return setting === 'always';
  if (power === undefined) return false;
  const { charging, level, phone } = power;
  if (charging === true) return true;
  if (level === undefined) return !phone && charging === undefined;
  return level >= (phone ? LEVEL.phone : LEVEL.other);
}
