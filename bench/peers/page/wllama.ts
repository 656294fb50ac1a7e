/**
 * llama.cpp compiled to WebAssembly with its WebGPU backend, in the worker that wllama creates. Its activations are
 * always f32. Its cache holds halves, which is its default; with an f32 cache it makes more dispatches.
 * Without `shader-f16` it computes on the CPU and reports that only in its log.
 */
import { idsOf, textOf } from '../model/tokens.ts';
import { type OpenPeer, SCORES } from './engine.ts';

interface CompletionChunk {
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
      createCompletion(options: Record<string, unknown>): Promise<CompletionChunk>;
    };
    getLibllamaVersion(): string;
  };
}

export const openWllama: OpenPeer = async ({ model, packages, capacity }) => {
  const folder = `${location.origin}${packages}/@wllama/wllama/esm`;
  const { Wllama } = (await import(/* @vite-ignore */ `${folder}/index.js`)) as Library;
  const logLines: string[] = [];
  const keep = (...all: unknown[]) => void logLines.push(all.join(' '));
  const logger = { debug: keep, log: keep, warn: keep, error: keep };
  const wllama = new Wllama({ default: `${folder}/wasm/wllama.wasm` }, { logger });
  const file = await (await fetch(`${model}/model.gguf`)).blob();
  /** Adds the last lines of llama.cpp's log to an error, since the error alone is not informative. */
  const withLog = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw new Error(`${String(error)}\n${logLines.slice(-20).join('\n')}`);
    }
  };
  await withLog(wllama.loadModel([file], { n_ctx: capacity, n_parallel: 1, n_threads: 1 }));
  /** Options for a greedy answer that ignores the end-of-text token and does not reuse the cache. */
  const completionOptions = (prompt: readonly number[], tokens: number) => ({
    prompt: textOf(prompt),
    max_tokens: tokens,
    temperature: 0,
    ignore_eos: true,
    cache_prompt: false,
  });
  return {
    version: `llama.cpp ${Wllama.getLibllamaVersion()}, Q4_0`,
    async best(prompt) {
      const { choices } = await withLog(
        wllama.createCompletion({ ...completionOptions(prompt, 1), logprobs: SCORES }),
      );
      const tokens = choices[0].logprobs?.content[0].top_logprobs ?? [];
      return tokens.map(({ id, logprob }) => ({ id, logProbability: logprob }));
    },
    async generate(prompt, tokens, onToken) {
      const onData = ({ choices }: CompletionChunk) => {
        for (const id of idsOf(choices[0]?.text ?? '')) onToken(id);
      };
      await withLog(wllama.createCompletion({ ...completionOptions(prompt, tokens), stream: true, onData }));
    },
  };
};
