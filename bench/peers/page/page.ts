/** The benchmark page. Opens one engine and exposes it to the command as `globalThis.peer`. */
import type { GpuCounts } from './counts.ts';
import type { OpenOptions, OpenPeer, PeerEngine, TokenScore } from './engine.ts';
import { openLinnet } from './linnet.ts';
import { openTransformers } from './transformers.ts';
import { openWllama } from './wllama.ts';

const PEERS = {
  linnet: openLinnet,
  transformers: openTransformers,
  wllama: openWllama,
} as const satisfies Record<string, OpenPeer>;
export type PeerName = keyof typeof PEERS;

/** An answer. For each token: its arrival in milliseconds after the request, and the counts at that time. */
export interface PeerAnswer {
  readonly ids: readonly number[];
  readonly times: readonly number[];
  readonly counts: readonly GpuCounts[];
}

export interface PeerPage {
  /** Opens the engine. Returns its version and number formats, for the table, and how long that took but for an import. */
  open(name: PeerName, options: OpenOptions): Promise<{ version: string; openMs: number }>;
  best(prompt: readonly number[]): Promise<TokenScore[]>;
  generate(prompt: readonly number[], tokens: number): Promise<PeerAnswer>;
}

declare global {
  var peer: PeerPage;
}

let engine: PeerEngine;

globalThis.peer = {
  async open(name, options) {
    const begun = performance.now();
    engine = await PEERS[name](options);
    const { version, importMs = 0 } = engine;
    return { version, openMs: performance.now() - begun - importMs };
  },
  best: (prompt) => engine.best(prompt),
  async generate(prompt, tokens) {
    const answer = { ids: [] as number[], times: [] as number[], counts: [] as GpuCounts[] };
    const begun = performance.now();
    await engine.generate(prompt, tokens, (id) => {
      answer.ids.push(id);
      answer.times.push(performance.now() - begun);
      answer.counts.push(countsNow());
    });
    if (answer.ids.length !== tokens) throw new Error(`answered ${answer.ids.length} tokens, not ${tokens}`);
    return answer;
  },
};
