/** The table of ops by name. What each takes and gives: `op.ts`. */
import { fail } from '../../base/errors.ts';
import { add } from './add.ts';
import { argmax } from './argmax.ts';
import { attention } from './attention.ts';
import { embed } from './embed.ts';
import { gateMul } from './gate_mul.ts';
import { gated } from './gated.ts';
import { heads } from './heads.ts';
import { lastRow } from './last_row.ts';
import { linear } from './linear.ts';
import type { Op } from './op.ts';
import { penalise } from './penalise.ts';
import { qkv } from './qkv.ts';
import { qkvHeads } from './qkv_heads.ts';
import { quantise } from './quantise.ts';
import { rmsnorm } from './rmsnorm.ts';
import { rope } from './rope.ts';
import { sample } from './sample.ts';
import { softcap } from './softcap.ts';

export const OPS: Readonly<Record<string, Op>> = Object.fromEntries(
  [
    ...[embed, rmsnorm, linear, rope, attention, gateMul, add, lastRow, softcap, argmax],
    ...[penalise, sample, quantise],
    ...[qkv, heads, qkvHeads, gated],
  ].map((op) => [op.name, op]),
);

export function opNamed(name: string): Op {
  return (
    OPS[name] ??
    fail('internal', { who: 'ops', message: 'no such op', expected: Object.keys(OPS).join(', '), got: name })
  );
}
