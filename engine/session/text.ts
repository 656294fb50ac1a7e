/**
 * Encodes a prompt to ids with the model's tokenizer and chat template.
 *
 * BOS is handled as in transformers: plain text gets the special tokens that the tokenizer adds; a rendered dialogue
 * gets none, since its template contains them. A dialogue becomes plain text if the model has no template and its
 * family no known one. An empty prompt becomes BOS alone.
 *
 * Only the template writes control tokens. The contents of messages, and the beginning of the answer, are encoded as
 * ordinary text, whatever they spell.
 *
 * Models that can think before they answer are asked not to.
 */
import { EngineError, fail } from '../base/errors.ts';
import {
  type ChatTemplate,
  chatTemplate,
  type RenderedPrompt,
  templateSource,
} from '../text/chat-template.ts';
import { knownTemplate } from '../text/known-templates.ts';
import { createTokenizer, type Tokenizer } from '../text/tokenizer.ts';
import { parseJson } from '../weights/sources/json.ts';
import { recommendedSampling } from './sampling.ts';
import { thoughtFilter } from '../text/thoughts.ts';
import type { Prompt, SamplingOptions } from './types.ts';

/** Tokenizer and template of a model. */
export interface ModelText {
  readonly tokenizer: Tokenizer;
  readonly template: ChatTemplate;
  /** Whether the template begins every answer with a thought. */
  readonly thinks: boolean;
  /** The sampling in generation_config.json; undefined if it has none, or is greedy. */
  readonly sampling: SamplingOptions | undefined;
  /** Ids that end an answer. */
  readonly eosIds: ReadonlySet<number>;
  /** Returns the text of a prompt, without special tokens added by the tokenizer. */
  render(prompt: Prompt): string;
  /**
   * Returns the ids of a prompt. Throws `request-invalid` for an empty prompt without BOS, `checkpoint-mismatch` for an
   * id outside the model's vocabulary.
   */
  encode(prompt: Prompt): number[];
  /** Returns the number of ids of a prompt; 0 for an empty one without BOS. Throws `checkpoint-mismatch` as above. */
  count(prompt: Prompt): number;
  /** Returns the ids of BOS and the text, for perplexity; none for an empty text without BOS. */
  encodeText(text: string): number[];
  /** Returns the ids of text that continues other text. */
  encodeContinuation(text: string): number[];
}

/** Facts about ids from config.json. */
export interface ModelIds {
  readonly vocab: number;
  readonly bosIds: readonly number[];
  readonly eosIds: readonly number[];
}

/** `file` returns the model's small files by name. Throws `tokenizer-damaged`, `checkpoint-damaged`, `model-limit`. */
export function openText(file: (name: string) => Uint8Array | undefined, model: ModelIds): ModelText {
  const json = (name: string, code: 'tokenizer-damaged' | 'checkpoint-damaged') => {
    const bytes = file(name);
    return bytes === undefined ? undefined : parseJson(bytes, name, code);
  };
  const config = json('tokenizer_config.json', 'tokenizer-damaged');
  const jinjaFile = file('chat_template.jinja');
  const jinja = jinjaFile && new TextDecoder().decode(jinjaFile);
  const tokenizer = createTokenizer({
    tokenizer: json('tokenizer.json', 'tokenizer-damaged') ?? {},
    config,
    template: templateSource({ jinja, config }),
  });
  const generation = json('generation_config.json', 'checkpoint-damaged') ?? {};
  const eosIds = eosOf([...ids(generation.eos_token_id), ...model.eosIds], tokenizer);
  const { model_type: modelType, _name_or_path: origin } = json('config.json', 'checkpoint-damaged') ?? {};
  const template = chatTemplate({
    jinja,
    config,
    bosToken: tokenizer.bosToken,
    eosToken: tokenizer.eosToken,
    known: knownTemplate({ ends: [...eosIds].flatMap((id) => tokenizer.token(id) ?? []), modelType, origin }),
    // Answers are limited to few tokens, and thoughts would use them up.
    thinking: false,
  });
  const rendered = (prompt: Prompt): RenderedPrompt => {
    if (prompt.kind === 'text') {
      const { text } = prompt;
      return { text, special: true, content: prompt.literal === true ? [[0, text.length]] : [] };
    }
    const { text, special, content } = template.render(prompt.messages);
    const { begun = '' } = prompt;
    const end = text.length + begun.length;
    return { text: text + begun, special, content: [...content, [text.length, end]] };
  };
  const bos = tokenizer.bosId ?? model.bosIds[0];
  const encode = ({ text, special, content }: RenderedPrompt) => {
    const made = tokenizer.encode(text, { special, content });
    return checked(made.length === 0 && bos !== undefined ? [bos] : made, model);
  };
  return {
    tokenizer,
    template,
    thinks: thoughtFilter(probe(template)).thinking,
    sampling: recommendedSampling(generation),
    eosIds,
    render: (prompt) => rendered(prompt).text,
    encode: (prompt) => notEmpty(encode(rendered(prompt))),
    count: (prompt) => encode(rendered(prompt)).length,
    encodeText: (text) => encode({ text, special: true, content: [] }),
    encodeContinuation: (text) => checked(continuation(tokenizer, text), model),
  };
}

/** Some tokenizers put a space before a text, so it is encoded after one of these and their ids are left out. */
const ANCHORS = ['\n', '.', 'a'];

function continuation(tokenizer: Tokenizer, text: string): number[] {
  for (const anchor of ANCHORS) {
    const before = tokenizer.encode(anchor, { special: false });
    const both = tokenizer.encode(anchor + text, { special: false });
    // Where the two were merged into one token, another anchor is needed.
    if (before.every((id, i) => both[i] === id)) return both.slice(before.length);
  }
  return tokenizer.encode(text, { special: false });
}

/** A dialogue of one question; empty if the template refuses it. Throws `model-limit`. */
function probe(template: ChatTemplate): string {
  try {
    return template.own ? template.render([{ role: 'user', content: 'Hello' }]).text : '';
  } catch (error) {
    if (error instanceof EngineError && error.code === 'model-limit') throw error;
    return '';
  }
}

/** Falls back to the tokenizer's EOS if no config names one. */
function eosOf(configured: readonly number[], tokenizer: Tokenizer): Set<number> {
  const own = tokenizer.eosId === undefined ? [] : [tokenizer.eosId];
  return new Set(configured.length > 0 ? configured : own);
}

/** Accepts one id, a list, or nothing. */
function ids(value: unknown): number[] {
  return (Array.isArray(value) ? value : [value]).filter((id): id is number => Number.isInteger(id));
}

function notEmpty(made: number[]): number[] {
  if (made.length > 0) return made;
  return fail('request-invalid', {
    who: 'prompt',
    message: 'the prompt is empty, and this model has no BOS token',
    expected: 'at least one token',
    got: 0,
  });
}

function checked(made: number[], model: ModelIds): number[] {
  const beyond = made.find((id) => id >= model.vocab);
  if (beyond === undefined) return made;
  return fail('checkpoint-mismatch', {
    who: 'tokenizer.json',
    message: 'the tokenizer has tokens outside the vocabulary of the model',
    expected: `ids below ${model.vocab}`,
    got: beyond,
  });
}
