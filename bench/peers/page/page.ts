/** The page of the bench: opens one engine and does with it what the command asks, by `globalThis.peer`. */
import type { Counts } from './counts.ts';
import type { OpenOptions, OpenPeer, PeerEngine, Score } from './engine.ts';
import { openLinnet } from './linnet.ts';
import { openTransformers } from './transformers.ts';
import { openWllama } from './wllama.ts';

const PEERS = {
  linnet: openLinnet,
  transformers: openTransformers,
  wllama: openWllama,
} as const satisfies Record<string, OpenPeer>;
export type PeerName = keyof typeof PEERS;

/** One answer as it came: per token, when it was known (milliseconds after the question) and what was counted by then. */
export interface Answer {
  readonly ids: readonly number[];
  readonly times: readonly number[];
  readonly counts: readonly Counts[];
}

export interface PeerPage {
  /** Returns what a reader of the table should know of the engine and its model. */
  open(name: PeerName, options: OpenOptions): Promise<string>;
  best(prompt: readonly number[]): Promise<Score[]>;
  generate(prompt: readonly number[], tokens: number): Promise<Answer>;
}

declare global {
  var peer: PeerPage;
}

let engine: PeerEngine;

globalThis.peer = {
  async open(name, options) {
    engine = await PEERS[name](options);
    return engine.version;
  },
  best: (prompt) => engine.best(prompt),
  async generate(prompt, tokens) {
    const answer = { ids: [] as number[], times: [] as number[], counts: [] as Counts[] };
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
