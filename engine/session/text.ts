/**
 * A prompt to the ids that the model reads, by the tokenizer and chat template that came with it.
 *
 * BOS is handled as transformers does: a plain text gets the special tokens that the tokenizer puts around
 * texts; a rendered dialogue gets none, since its template writes its own. Where no template is there, nor a
 * known one for the family, a dialogue is a plain text. Nothing at all means BOS alone.
 *
 * Models that can think before they answer are asked not to.
 */
import { fail } from '../base/errors.ts';
import { type ChatTemplate, chatTemplate, type RenderedPrompt } from '../text/chat-template.ts';
import { knownTemplate } from '../text/known-templates.ts';
import { createTokenizer, type Tokenizer } from '../text/tokenizer.ts';
import { parseJson } from '../weights/sources/json.ts';
import type { Prompt } from './types.ts';

export interface ModelText {
  readonly tokenizer: Tokenizer;
  readonly template: ChatTemplate;
  /** Ids that end an answer. */
  readonly eosIds: ReadonlySet<number>;
  render(prompt: Prompt): string;
  encode(prompt: Prompt): number[];
  /** BOS and the text, for perplexity. */
  encodeText(text: string): number[];
}

export interface ModelIds {
  readonly vocab: number;
  readonly bosIds: readonly number[];
  readonly eosIds: readonly number[];
}

/** `file`: the model's small files, as they came. */
export function openText(file: (name: string) => Uint8Array | undefined, model: ModelIds): ModelText {
  const json = (name: string, code: 'tokenizer-damaged' | 'checkpoint-damaged') => {
    const bytes = file(name);
    return bytes === undefined ? undefined : parseJson(bytes, name, code);
  };
  const config = json('tokenizer_config.json', 'tokenizer-damaged');
  const tokenizer = createTokenizer({ tokenizer: json('tokenizer.json', 'tokenizer-damaged') ?? {}, config });
  const generation = json('generation_config.json', 'checkpoint-damaged') ?? {};
  const eosIds = eosOf([...ids(generation.eos_token_id), ...model.eosIds], tokenizer);
  const jinja = file('chat_template.jinja');
  const { model_type: modelType, _name_or_path: origin } = json('config.json', 'checkpoint-damaged') ?? {};
  const template = chatTemplate({
    jinja: jinja && new TextDecoder().decode(jinja),
    config,
    bosToken: tokenizer.bosToken,
    eosToken: tokenizer.eosToken,
    known: knownTemplate({ ends: [...eosIds].flatMap((id) => tokenizer.token(id) ?? []), modelType, origin }),
    // Answers have few tokens, and thoughts would take them all.
    thinking: false,
  });
  const rendered = (prompt: Prompt): RenderedPrompt => {
    if (prompt.kind === 'text') return { text: prompt.text, special: true };
    const { text, special } = template.render(prompt.messages);
    return { text: text + (prompt.begun ?? ''), special };
  };
  const encode = (text: string, special: boolean) =>
    checked(orBos(tokenizer.encode(text, { special }), tokenizer, model), model);
  return {
    tokenizer,
    template,
    eosIds,
    render: (prompt) => rendered(prompt).text,
    encode: (prompt) => {
      const { text, special } = rendered(prompt);
      return encode(text, special);
    },
    encodeText: (text) => encode(text, true),
  };
}

/** The tokenizer's own only where neither config names one. */
function eosOf(configured: readonly number[], tokenizer: Tokenizer): Set<number> {
  const own = tokenizer.eosId === undefined ? [] : [tokenizer.eosId];
  return new Set(configured.length > 0 ? configured : own);
}

/** One id, a list, or nothing. */
function ids(value: unknown): number[] {
  return (Array.isArray(value) ? value : [value]).filter((id): id is number => Number.isInteger(id));
}

function orBos(made: number[], tokenizer: Tokenizer, model: ModelIds): number[] {
  if (made.length > 0) return made;
  const bos = tokenizer.bosId ?? model.bosIds[0];
  if (bos !== undefined) return [bos];
  return fail('request-invalid', {
    who: 'prompt',
    message: 'the prompt is empty, and this model has no token to begin with',
    expected: 'at least one token',
    got: 0,
  });
}

function checked(made: number[], model: ModelIds): number[] {
  const beyond = made.find((id) => id >= model.vocab);
  if (beyond === undefined) return made;
  return fail('checkpoint-mismatch', {
    who: 'tokenizer.json',
    message: 'the tokenizer has tokens that the model does not know',
    expected: `ids below ${model.vocab}`,
    got: beyond,
  });
}
