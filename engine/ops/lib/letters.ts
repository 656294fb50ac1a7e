/** Dim symbols of op cases. A model declares its own, with its own bounds. */
import { symbol } from '../../symbolic/dim.ts';

/** New tokens of a run. */
export const S = symbol('S', { min: 1, max: 4096 });
/** Past tokens. */
export const P = symbol('P', { min: 0, max: 8191 });
/** Cache capacity. */
export const C = symbol('C', { min: 1, max: 8192 });
