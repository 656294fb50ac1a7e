/**
 * The parts of `node-llama-cpp` that are used here. It is no dependency of this project: it is taken from a folder in
 * which a developer has installed it. (`@wllama/wllama`, which is one, computes in one thread of WebAssembly, several
 * times slower.)
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Missing } from '../setup/machine.mjs';

/** The version that the figures of docs/ANSWERS.md were made with. */
const VERSION = '3.22.1';
/** Tokens of prompt and answer at most. */
const CONTEXT = 8192;

export interface LlamaSequence {
  readonly contextTokens: readonly number[];
  readonly nextTokenIndex: number;
  eraseContextTokenRanges(ranges: readonly { start: number; end: number }[]): Promise<void>;
  controlledEvaluate(
    input: readonly (number | readonly [number, object])[],
  ): Promise<readonly ({ readonly next: { readonly logits?: ReadonlyMap<number, number> } } | undefined)[]>;
}

export interface LlamaModel {
  readonly tokenizer: object;
  readonly trainContextSize: number;
  readonly fileInfo: { readonly metadata: { readonly tokenizer: { readonly chat_template?: string } } };
  tokenize(text: string, special?: boolean, options?: string): readonly number[];
  detokenize(tokens: readonly number[]): string;
  isEogToken(token: number): boolean;
  createContext(options: {
    contextSize: number;
    threads?: number;
  }): Promise<{ getSequence(): LlamaSequence }>;
  dispose(): Promise<void>;
}

export interface LlamaSession {
  setChatHistory(history: readonly object[]): void;
  promptWithMeta(
    prompt: string,
    options: { maxTokens: number; temperature: number; onToken(tokens: readonly number[]): void },
  ): Promise<{ responseText: string; stopReason: string }>;
  dispose(options: { disposeSequence: boolean }): void;
}

interface LlamaFrame {
  generateContextState(options: { chatHistory: readonly object[] }): { readonly contextText: object };
}

type MakeLlamaText = (parts: readonly (object | string)[]) => { tokenize(tokenizer: object): number[] };

interface LlamaModule {
  getLlama(options: object): Promise<{ loadModel(options: { modelPath: string }): Promise<LlamaModel> }>;
  resolveChatWrapper(model: LlamaModel): LlamaFrame;
  readonly JinjaTemplateChatWrapper: new (options: { template: string }) => LlamaFrame;
  readonly LlamaText: MakeLlamaText;
  readonly LlamaChatSession: new (options: object) => LlamaSession;
}

export interface OpenLlama {
  readonly model: LlamaModel;
  readonly sequence: LlamaSequence;
  readonly contextSize: number;
  /** The model's chat template. */
  readonly frame: LlamaFrame;
  readonly LlamaText: MakeLlamaText;
  /** A new dialogue in the same cache. */
  session(): LlamaSession;
}

/** `folder`: the one with `node_modules/node-llama-cpp`. Throws {@link Missing} where that is absent. */
export async function openLlama(folder: string, path: string, threads?: number): Promise<OpenLlama> {
  const module = await importLlama(folder);
  const { getLlama, LlamaText, LlamaChatSession } = module;
  const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error' });
  const model = await llama.loadModel({ modelPath: resolve(path) });
  const contextSize = Math.min(CONTEXT, model.trainContextSize);
  const context = await model.createContext({ contextSize, ...(threads === undefined ? {} : { threads }) });
  const sequence = context.getSequence();
  return {
    model,
    sequence,
    contextSize,
    frame: frameOf(module, model),
    LlamaText,
    session: () => new LlamaChatSession({ contextSequence: sequence, autoDisposeSequence: false }),
  };
}

/** The template of the file itself: the engine's own list has similar ones, which begin in another way. */
function frameOf(
  { resolveChatWrapper, JinjaTemplateChatWrapper }: LlamaModule,
  model: LlamaModel,
): LlamaFrame {
  const template = model.fileInfo.metadata.tokenizer.chat_template;
  return template === undefined ? resolveChatWrapper(model) : new JinjaTemplateChatWrapper({ template });
}

async function importLlama(folder: string): Promise<LlamaModule> {
  const entry = join(resolve(folder), 'node_modules/node-llama-cpp/dist/index.js');
  if (existsSync(entry)) return (await import(pathToFileURL(entry).href)) as LlamaModule;
  throw new Missing(
    `there is no node-llama-cpp in ${folder}: run \`npm install node-llama-cpp@${VERSION}\` in a folder outside of ` +
      'this checkout and name it with --llama, or choose writers without llama.cpp with --writer linnet,asked,page',
  );
}
