/**
 * Answers of llama.cpp to the plain prompt: the text, then one request, in a single user's turn. It runs on the
 * processor through `node-llama-cpp`, which is no dependency of this project: it is taken from a folder in which a
 * developer has installed it. (`@wllama/wllama`, which is one, computes in one thread of WebAssembly, several times slower.)
 */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Missing } from '../setup/machine.mjs';
import type { AnswerItem } from './items.ts';
import type { WrittenAnswer } from './records.ts';
import type { AnswerWriter } from './writer.ts';

/** The version that the figures of docs/ANSWERS.md were made with. */
const VERSION = '3.22.1';
/** Tokens of an answer at most. */
const ANSWER = 384;
/** Tokens of prompt and answer; the text is cut to it. */
const CONTEXT = 8192;

interface LlamaModel {
  tokenize(text: string): readonly number[];
  detokenize(tokens: readonly number[]): string;
  readonly trainContextSize: number;
  createContext(options: { contextSize: number; threads?: number }): Promise<{ getSequence(): object }>;
  dispose(): Promise<void>;
}

interface LlamaSession {
  setChatHistory(history: readonly object[]): void;
  promptWithMeta(
    prompt: string,
    options: { maxTokens: number; temperature: number; onToken(tokens: readonly number[]): void },
  ): Promise<{ responseText: string; stopReason: string }>;
  dispose(options: { disposeSequence: boolean }): void;
}

interface LlamaModule {
  getLlama(options: object): Promise<{ loadModel(options: { modelPath: string }): Promise<LlamaModel> }>;
  LlamaChatSession: new (options: object) => LlamaSession;
}

/** `folder`: the one with `node_modules/node-llama-cpp`. Throws {@link Missing} where that is absent. */
export async function llamaWriter(folder: string, path: string, threads?: number): Promise<AnswerWriter> {
  const { getLlama, LlamaChatSession } = await importLlama(folder);
  const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error' });
  const model = await llama.loadModel({ modelPath: resolve(path) });
  const contextSize = Math.min(CONTEXT, model.trainContextSize);
  const context = await model.createContext({ contextSize, ...(threads === undefined ? {} : { threads }) });
  const contextSequence = context.getSequence();
  return {
    name: 'llama.cpp',
    model: basename(path).replace(/\.gguf$/, ''),
    async write(item): Promise<WrittenAnswer> {
      const session = new LlamaChatSession({ contextSequence, autoDisposeSequence: false });
      session.setChatHistory([]);
      let tokens = 0;
      const { responseText, stopReason } = await session.promptWithMeta(promptOf(item, model, contextSize), {
        maxTokens: ANSWER,
        temperature: 0,
        onToken: (written) => void (tokens += written.length),
      });
      session.dispose({ disposeSequence: false });
      const text = responseText.trim();
      const stop = stopReason === 'maxTokens' ? 'length' : 'end';
      return { text, raw: text, stop, tokens, instructions: item.plain };
    },
    close: () => model.dispose(),
  };
}

async function importLlama(folder: string): Promise<LlamaModule> {
  const entry = join(resolve(folder), 'node_modules/node-llama-cpp/dist/index.js');
  if (existsSync(entry)) return (await import(pathToFileURL(entry).href)) as LlamaModule;
  throw new Missing(
    `there is no node-llama-cpp in ${folder}: run \`npm install node-llama-cpp@${VERSION}\` in a folder outside of ` +
      'this checkout and name it with --llama, or choose writers without llama.cpp with --writer linnet,page',
  );
}

/** Room for the chat template, beside the answer. */
const FRAME = 64;

function promptOf(
  { page: { title, text }, plain }: AnswerItem,
  model: LlamaModel,
  contextSize: number,
): string {
  const request = `\n\n${plain}`;
  const room = contextSize - ANSWER - FRAME - model.tokenize(`${title}\n\n${request}`).length;
  const tokens = model.tokenize(text);
  const fitted = tokens.length <= room ? text : model.detokenize(tokens.slice(0, room));
  return `${title}\n\n${fitted}`.trim() + request;
}
