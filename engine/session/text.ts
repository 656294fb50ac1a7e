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
import { fail } from '../base/errors.ts';
import {
  type ChatTemplate,
  chatTemplate,
  type RenderedPrompt,
  templateSource,
} from '../text/chat-template.ts';
import { knownTemplate } from '../text/known-templates.ts';
import { endsInTemplate, namedEnds } from '../text/probes/ends.ts';
import type { DialogueReport } from '../text/probes/outcome.ts';
import { QUESTION } from '../text/probes/probe.ts';
import { type ThoughtFormat, thoughtFormat } from '../text/probes/thought-marks.ts';
import { createTokenizer, type Tokenizer } from '../text/tokenizer.ts';
import { parseJson } from '../weights/sources/json.ts';
import { recommendedSampling } from './sampling.ts';
import { thoughtFilter } from '../text/thoughts.ts';
import type { Prompt, SamplingOptions } from './types.ts';

/** Tokenizer and template of a model. */
export interface ModelText {
  readonly tokenizer: Tokenizer;
  readonly template: ChatTemplate;
  /** What template and files say of dialogues. */
  readonly dialogue: DialogueReport;
  /** Whether the template begins every answer with a thought. */
  readonly thinks: boolean;
  /** How the model marks its thoughts. */
  readonly thoughts: ThoughtFormat;
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
  const published = json('tokenizer_config.json', 'tokenizer-damaged');
  const special = json('special_tokens_map.json', 'tokenizer-damaged');
  const config = published === undefined && special === undefined ? undefined : { ...special, ...published };
  const jinjaFile = file('chat_template.jinja');
  const files = {
    jinja: jinjaFile && new TextDecoder().decode(jinjaFile),
    config,
    json: json('chat_template.json', 'tokenizer-damaged'),
  };
  const tokenizer = createTokenizer({
    tokenizer: json('tokenizer.json', 'tokenizer-damaged') ?? {},
    config,
    template: templateSource(files),
  });
  const generation = json('generation_config.json', 'checkpoint-damaged') ?? {};
  const named = namedEnds([published, special]);
  const idsOf = (spellings: readonly string[]) =>
    spellings.flatMap((spelling) => tokenizer.id(spelling) ?? []);
  const configured = new Set([...ids(generation.eos_token_id), ...model.eosIds, ...idsOf(named)]);
  const { model_type: modelType, _name_or_path: origin } = json('config.json', 'checkpoint-damaged') ?? {};
  const template = chatTemplate({
    ...files,
    bosToken: tokenizer.bosToken,
    eosToken: tokenizer.eosToken,
    tokens: tokenizer.named,
    known: knownTemplate({
      ends: [...configured].flatMap((id) => tokenizer.token(id) ?? []),
      modelType,
      origin,
    }),
    // Answers are limited to few tokens, and thoughts would use them up.
    thinking: false,
  });
  const written = template.own ? endsInTemplate(template.probe, tokenizer.controls) : [];
  const eosIds = new Set([...configured, ...idsOf(written)]);
  const thoughts = thoughtFormat(template.source ?? '', tokenizer.controls.spellings, template.probe);
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
  const encode = remembered(({ text, special, content }: RenderedPrompt) => {
    const made = tokenizer.encode(text, { special, content });
    return checked(made.length === 0 && bos !== undefined ? [bos] : made, model);
  });
  return {
    tokenizer,
    template,
    dialogue: {
      ...template.outcome,
      ...([...eosIds].some((id) => id < model.vocab) ? {} : { endless: true }),
    },
    thinks: thoughtFilter(template.probe([QUESTION], true) ?? '', thoughts).thinking,
    thoughts,
    sampling: recommendedSampling(generation),
    eosIds,
    render: (prompt) => rendered(prompt).text,
    encode: (prompt) => notEmpty(encode(rendered(prompt))),
    count: (prompt) => encode(rendered(prompt)).length,
    encodeText: (text) => encode({ text, special: true, content: [] }),
    encodeContinuation: (text) => checked(continuation(tokenizer, text), model),
  };
}

/** Prompts whose ids are remembered: one that is asked, and one that is read ahead. */
const REMEMBERED = 2;

/** A prompt is counted, looked for in the cache and in files, run and saved; its ids are made once. */
function remembered(encode: (prompt: RenderedPrompt) => number[]): (prompt: RenderedPrompt) => number[] {
  let known: readonly { readonly prompt: RenderedPrompt; readonly ids: readonly number[] }[] = [];
  return (prompt) => {
    const same = known.find((each) => isSame(each.prompt, prompt));
    const entry = same ?? { prompt, ids: encode(prompt) };
    known = [entry, ...known.filter((each) => each !== entry)].slice(0, REMEMBERED);
    return [...entry.ids];
  };
}

/** The same text may have other parts that give no control tokens. */
function isSame(one: RenderedPrompt, other: RenderedPrompt): boolean {
  const ranges = ({ content }: RenderedPrompt) => content.map(([start, end]) => `${start}-${end}`).join();
  return one.text === other.text && one.special === other.special && ranges(one) === ranges(other);
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
