/** Where the convolved rows of a scan have its parts. */
import type { Attributes } from '../../tensor/signature.ts';
import { mismatch, numberAt } from '../lib/guards.ts';

/** First columns of q, k and v: side by side for the delta rule; v, k and q, which Mamba calls x, B and C, for `ssm`. */
export function scanLayout(attributes: Attributes): { q: number; k: number; v: number; all: number } {
  const [heads, groups, key, width] = ['heads', 'groups', 'keyWidth', 'headWidth'].map((name) => {
    const n = numberAt('scan', attributes, name);
    return Number.isInteger(n) && n > 0 ? n : mismatch('scan', `attribute ${name}`, 'a count', String(n));
  }) as [number, number, number, number];
  if (heads % groups !== 0) mismatch('scan', 'heads', `a multiple of ${groups} groups`, String(heads));
  const [keys, values] = [groups * key, heads * width];
  const all = 2 * keys + values;
  return attributes.rule === 'delta'
    ? { q: 0, k: keys, v: 2 * keys, all }
    : { v: 0, k: values, q: values + keys, all };
}
