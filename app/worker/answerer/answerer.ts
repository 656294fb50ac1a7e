/**
 * What a job asks of a model, wherever it runs: on this device (`LoadedModel` is one) or on a person's own server. What only
 * some models have is optional, and asked for by its presence.
 */
import type {
  GenerateHooks,
  GenerateRequest,
  GenerateResult,
  LoadedModel,
  Prompt,
  SamplingOptions,
  StoredModel,
} from '../../../engine/index.ts';

/** The facts by which a model is asked: its kind is told by name and traits, its size by the rest. */
export type AskedModel = Pick<StoredModel, 'id' | 'name' | 'family' | 'hasChatTemplate' | 'traits'> &
  Partial<Pick<StoredModel, 'bytes' | 'weights'>>;

export interface AnswererFacts {
  readonly model: AskedModel;
  /** Most tokens of prompt and answer together. */
  readonly capacity: number;
  /** Every answer begins with a thought. */
  readonly thinks: boolean;
  /** The sampling that the model's makers recommend; absent if it is not known. */
  readonly sampling?: SamplingOptions;
  /** It cannot be given the first words of an answer as its own, but for an answer that is continued. */
  readonly unbegun?: true;
  /** Host of the server that text is sent to; absent for a model on this device. */
  readonly server?: string;
}

/**
 * Where an answer is to end by its text: the number of UTF-16 code units that remain; undefined while it may go on. For
 * models whose tokens cannot be chosen. Called with the answer so far, without `begun` and without thoughts.
 */
export type TextLimit = (text: string) => number | undefined;

export interface AnswerHooks extends GenerateHooks {
  /** What a guide asks for as far as text shows it; used where there are no tokens to guide. */
  readonly ends?: TextLimit | undefined;
}

/** Ids of text and text of ids. A model with a vocabulary here asks a guide before each token. */
export type TokenCoder = Pick<LoadedModel, 'encode' | 'decode'>;

/** Saves and restores what was read of a prompt. */
export type PrefixKeeper = Pick<LoadedModel, 'savePrefix' | 'loadPrefix'>;

/** Drops the rows of a text that was read that the model does not need. */
export type PrefixPacker = Pick<LoadedModel, 'pack'>;

/** Reads a prompt that nobody has asked yet. */
export type PromptReader = Pick<LoadedModel, 'read' | 'held'>;

/** A finished answer; {@link GenerateResult} has more. */
export type ModelAnswer = Pick<GenerateResult, 'ids' | 'thoughtTokens' | 'text' | 'stop' | 'timings'>;

export interface Answerer
  extends Partial<TokenCoder>,
    Partial<PrefixKeeper>,
    Partial<PrefixPacker>,
    Partial<PromptReader> {
  readonly facts: AnswererFacts;
  /** Generates an answer. A cancellation is no error. */
  generate(request: GenerateRequest, hooks?: AnswerHooks): Promise<ModelAnswer>;
  /** The number of tokens of a prompt; without the model's vocabulary an estimate that is rather too high. */
  countTokens(prompt: Prompt): number;
}

/** The vocabulary of a model whose tokens can be chosen. */
export function coderOf(model: Pick<Answerer, 'encode' | 'decode'>): TokenCoder | undefined {
  const { encode, decode } = model;
  if (encode === undefined || decode === undefined) return undefined;
  return { encode: encode.bind(model), decode: decode.bind(model) };
}

/** Whether what a model has read can be saved. */
export const keepsPrefixes = <A extends Answerer>(model: A): model is A & PrefixKeeper =>
  model.savePrefix !== undefined && model.loadPrefix !== undefined;
