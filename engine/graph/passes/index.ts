/** The passes in order. Each can be switched off by name; the result is a valid graph either way. */
import { invariant } from '../../base/errors.ts';
import type { Graph, Pass } from '../graph.ts';
import { validate } from '../validate.ts';
import { dropDead } from './drop-dead.ts';
import { foldLastRow } from './fold-last-row.ts';
import { fuseActivation } from './fuse-activation.ts';
import { fuseGate } from './fuse-gate.ts';
import { fuseHeads } from './fuse-heads.ts';
import { fuseNorm } from './fuse-norm.ts';
import { fuseResidual } from './fuse-residual.ts';
import { mergeGateUp } from './merge-gate-up.ts';
import { mergeHeads } from './merge-heads.ts';
import { mergeQkv } from './merge-qkv.ts';
import { mergeScan } from './merge-scan.ts';
import { sampleOnGpu } from './sample-on-gpu.ts';

/** Merges first, so that a norm has few readers; fold-last-row after fuse-norm, since a norm may come between. */
export const PASSES: readonly Pass[] = [
  mergeQkv,
  mergeScan,
  mergeHeads,
  fuseHeads,
  mergeGateUp,
  fuseActivation,
  fuseGate,
  fuseResidual,
  fuseNorm,
  foldLastRow,
  sampleOnGpu,
  dropDead,
];

/** Runs all passes except those in `off`, and validates the graph after each. */
export function runPasses(graph: Graph, { off = [] }: { off?: readonly string[] } = {}): Graph {
  const unknown = off.find((name) => PASSES.every((pass) => pass.name !== name));
  invariant(unknown === undefined, 'passes', `no pass is called ${unknown}`);
  return PASSES.filter((pass) => !off.includes(pass.name)).reduce((before, pass) => {
    const after = pass.run(before);
    validate(after);
    return after;
  }, graph);
}
