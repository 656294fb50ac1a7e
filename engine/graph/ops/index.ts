/** The table of ops by name. What each takes and gives: `op.ts`. */
import { fail } from '../../base/errors.ts';
import { add } from './add.ts';
import { argmax } from './argmax.ts';
import { attention } from './attention.ts';
import { embed } from './embed.ts';
import { gated } from './gated.ts';
import { lastRow } from './last_row.ts';
import { linear } from './linear.ts';
import type { Op } from './op.ts';
import { qkv } from './qkv.ts';
import { rmsnorm } from './rmsnorm.ts';
import { rope } from './rope.ts';
import { siluMul } from './silu_mul.ts';

export const OPS: Readonly<Record<string, Op>> = Object.fromEntries(
  [embed, rmsnorm, linear, rope, attention, siluMul, add, lastRow, argmax, qkv, gated].map((op) => [
    op.name,
    op,
  ]),
);

export function opNamed(name: string): Op {
  return (
    OPS[name] ??
    fail('internal', { who: 'ops', message: 'no such op', expected: Object.keys(OPS).join(', '), got: name })
  );
}
