/**
 * llama.cpp compiled to WebAssembly with its WebGPU backend, in the worker that wllama makes for it. Its activations are
 * f32 whatever is asked for, its cache is of halves as is its default: with one of f32 it dispatches more.
 * Where the adapter has no `shader-f16` it computes on the processor, and says so only in its log.
 */
import { idsOf, textOf } from '../tokens.ts';
import { type OpenPeer, SCORES } from './engine.ts';

interface Chunk {
  readonly choices: readonly [
    {
      readonly text: string;
      readonly logprobs?: {
        readonly content: readonly [
          { readonly top_logprobs: readonly { readonly id: number; readonly logprob: number }[] },
        ];
      } | null;
    },
  ];
}

interface Library {
  readonly Wllama: {
    new (
      paths: { default: string },
      options: { logger: Pick<Console, 'debug' | 'log' | 'warn' | 'error'> },
    ): {
      loadModel(files: Blob[], options: Record<string, unknown>): Promise<void>;
      createCompletion(options: Record<string, unknown>): Promise<Chunk>;
    };
    getLibllamaVersion(): string;
  };
}

export const openWllama: OpenPeer = async ({ model, packages, capacity }) => {
  const folder = `${location.origin}${packages}/@wllama/wllama/esm`;
  const { Wllama } = (await import(/* @vite-ignore */ `${folder}/index.js`)) as Library;
  const said: string[] = [];
  const keep = (...all: unknown[]) => void said.push(all.join(' '));
  const logger = { debug: keep, log: keep, warn: keep, error: keep };
  const wllama = new Wllama({ default: `${folder}/wasm/wllama.wasm` }, { logger });
  const file = await (await fetch(`${model}/model.gguf`)).blob();
  /** Its errors say little; what llama.cpp printed before says more. */
  const explained = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw new Error(`${String(error)}\n${said.slice(-20).join('\n')}`);
    }
  };
  await explained(wllama.loadModel([file], { n_ctx: capacity, n_parallel: 1, n_threads: 1 }));
  /** Greedy, past the end, and without what an earlier prompt left in the cache. */
  const ask = (prompt: readonly number[], tokens: number) => ({
    ...{ prompt: textOf(prompt), max_tokens: tokens, temperature: 0, ignore_eos: true, cache_prompt: false },
  });
  return {
    version: `llama.cpp ${Wllama.getLibllamaVersion()}, Q4_0`,
    async best(prompt) {
      const { choices } = await explained(wllama.createCompletion({ ...ask(prompt, 1), logprobs: SCORES }));
      const tokens = choices[0].logprobs?.content[0].top_logprobs ?? [];
      return tokens.map(({ id, logprob }) => ({ id, logProbability: logprob }));
    },
    async generate(prompt, tokens, onToken) {
      const onData = ({ choices }: Chunk) => {
        for (const id of idsOf(choices[0]?.text ?? '')) onToken(id);
      };
      await explained(wllama.createCompletion({ ...ask(prompt, tokens), stream: true, onData }));
    },
  };
};
