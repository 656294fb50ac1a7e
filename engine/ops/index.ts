/** The table of ops by name. Graphs, tests, self-tests and kernel selection all read it. */
import { fail } from '../base/errors.ts';
import * as list from './list.ts';
import type { Op } from './op.ts';

export const OPS: Readonly<Record<string, Op>> = Object.fromEntries(
  Object.values(list).map((op) => [op.name, op]),
);

/** Throws `internal` for a name that is not in the table. */
export function opNamed(name: string): Op {
  return (
    OPS[name] ??
    fail('internal', { who: 'ops', message: 'no such op', expected: Object.keys(OPS).join(', '), got: name })
  );
}
