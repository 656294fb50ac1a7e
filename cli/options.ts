/** The options of the command line: help text, parsing and validation. */
import { parseArgs } from 'node:util';
import {
  type ActivationDType,
  type CacheForm,
  type ChatMessage,
  fail,
  type GenerateRequest,
  type Prompt,
  DEFAULT_PROFILE,
  PROFILES,
  type Speculation,
  type WeightProfile,
} from '../engine/index.ts';
import { type AdapterName, adapterNamed } from './dawn.ts';
import { nodeSource } from './node-files.ts';

export const HELP = `linnet: runs Linnet's engine on the command line

  npm run -s linnet -- COMMAND --model MODEL [options]

commands
  generate     --prompt TEXT | --messages FILE   continues a text, or answers a dialogue
  logits       --prompt TEXT | --messages FILE   prints the logits after the last token of the prompt
  perplexity   --text FILE [--limit N]           measures the model's perplexity on texts
  embed        --text FILE [--as A]              prints the vector of each text, and of each pair its
                                                 likeness; --model: a model for search
  inspect                                        prints graph, passes and memory plan; with --adapter
                                                 also the kernels
  import       --store DIR [--name NAME]         stores a converted copy
  convert      --out DIR [--name NAME]           writes a converted copy for publishing: put the folder on
                                                 any server and use its URL as MODEL
  models       --store DIR                       lists the stored models

An interrupted conversion or import resumes where it stopped when the command is run again.

MODEL is a folder with config.json, tokenizer.json and *.safetensors, a hub repository
(org/name or org/name@revision), or the URL of such a folder. It can also be one GGUF file: a path, a
folder that contains one, a URL, or org/name/FILE.gguf on the hub.

options
  --prompt TEXT          the text to continue; empty: only the BOS token
  --messages FILE        JSON: [{"role": "user", "content": "…"}, …], rendered with the model's chat template
  --max-tokens N         most tokens to generate (default 128)
  --temperature X        sampling temperature (default 0: greedy)
  --top-k N              keep only the N likeliest tokens (default 0: off)
  --top-p X              keep the likeliest tokens with a total probability of X (default 1: off)
  --min-p X              keep tokens at least X times as likely as the likeliest (default 0: off)
  --repetition-penalty X make tokens that occur in the text less likely (default 1: off)
  --drafts D             auto (default), always or off: verify several tokens at a time where the prompt
                         predicts them; does not change the answer
  --seed N               seed of sampling; the same seed gives the same answer
  --as A                 document (default) or query: what the texts of embed are
  --ignore-eos           do not stop at the end-of-text token
  --weights W            published (default: a quantised file's own bits, else m0e4+q8-head), m0e4, m0e4+q8-head,
                         m0e4+f16-head, u6+q8-head, q8, f16, f32, or calibrated (slow; needs a GPU)
  --activations A        f16 or f32; by default f16 if the adapter supports it, until a number exceeds its range
  --cache C              plain (default: keys and values have the type of activations) or q8 (8 bits)
  --capacity N           tokens in the cache (default: 4096 or the model's context length, if less)
  --adapter A            swiftshader, lavapipe or default (this machine's GPU; without a GPU, a
                         software adapter is used)
  --forms                test the faster kernel variants of this adapter and use the correct ones;
                         the results are stored in the store and shown by inspect --adapter
  --store DIR            store the converted model in this folder, or use it if it is already stored
  --json                 print only one JSON object to standard output
`;

const OPTIONS = {
  model: { type: 'string' },
  prompt: { type: 'string' },
  messages: { type: 'string' },
  text: { type: 'string' },
  limit: { type: 'string' },
  as: { type: 'string' },
  'max-tokens': { type: 'string' },
  temperature: { type: 'string' },
  'top-k': { type: 'string' },
  'top-p': { type: 'string' },
  'min-p': { type: 'string' },
  'repetition-penalty': { type: 'string' },
  drafts: { type: 'string' },
  seed: { type: 'string' },
  'ignore-eos': { type: 'boolean' },
  weights: { type: 'string' },
  activations: { type: 'string' },
  cache: { type: 'string' },
  capacity: { type: 'string' },
  adapter: { type: 'string' },
  forms: { type: 'boolean' },
  store: { type: 'string' },
  out: { type: 'string' },
  name: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export const COMMANDS = [
  'generate',
  'logits',
  'perplexity',
  'embed',
  'inspect',
  'import',
  'convert',
  'models',
] as const;
export type Command = (typeof COMMANDS)[number];

type Values = ReturnType<typeof parse>['values'];

export interface Options {
  readonly command: Command | 'help';
  readonly values: Values;
  readonly weights: WeightProfile;
  readonly activations: ActivationDType | undefined;
  readonly cache: CacheForm;
  readonly capacity: number | undefined;
  readonly drafts: Speculation;
  readonly as: 'query' | 'document';
  /** Undefined if not given. */
  readonly adapter: AdapterName | undefined;
}

/** Parses the arguments. Throws `request-invalid`. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  const [command, ...more] = positionals;
  const help = values.help === true || command === undefined || command === 'help';
  if (!help) oneOf('command', command, COMMANDS);
  if (more.length > 0) invalid('command', 'one word; put texts with spaces in quotes', more.join(' '));
  return {
    command: help ? 'help' : (command as Command),
    values,
    weights: oneOf('--weights', values.weights ?? DEFAULT_PROFILE, Object.keys(PROFILES) as WeightProfile[]),
    activations:
      values.activations === undefined
        ? undefined
        : oneOf('--activations', values.activations, ['f32', 'f16'] as const),
    cache: oneOf('--cache', values.cache ?? 'plain', ['plain', 'q8'] as const),
    capacity: numberOf(values, 'capacity'),
    drafts: oneOf('--drafts', values.drafts ?? 'auto', ['auto', 'always', 'off'] as const),
    as: oneOf('--as', values.as ?? 'document', ['query', 'document'] as const),
    adapter: adapterOf(values.adapter ?? process.env.LINNET_ADAPTER),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (cause) {
    return invalid(
      'arguments',
      'the arguments listed by --help',
      cause instanceof Error ? cause.message : String(cause),
    );
  }
}

/** The value of an option. Throws `request-invalid` if it is absent. */
export function required(values: Values, name: 'model' | 'text' | 'store' | 'out'): string {
  return values[name] ?? invalid(`--${name}`, 'a value', 'nothing');
}

/** The value of a numeric option, or undefined if it is absent. Throws `request-invalid` for anything but a number. */
export function numberOf(
  values: Values,
  name: 'limit' | 'max-tokens' | 'capacity' | keyof typeof SAMPLING,
): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number)) invalid(`--${name}`, 'a number', text);
  return number;
}

/** Sampling options and the engine's names for them. */
const SAMPLING = {
  temperature: 'temperature',
  'top-k': 'topK',
  'top-p': 'topP',
  'min-p': 'minP',
  'repetition-penalty': 'repetitionPenalty',
  seed: 'seed',
} as const;

/** The sampling options that were given. */
export function samplingOf(values: Values): NonNullable<GenerateRequest['sampling']> {
  const given = Object.entries(SAMPLING).map(([name, field]) => [
    field,
    numberOf(values, name as keyof typeof SAMPLING),
  ]);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** The prompt of `--messages` or `--prompt`. The default is an empty text. */
export async function promptOf(values: Values): Promise<Prompt> {
  if (values.messages === undefined) return { kind: 'text', text: values.prompt ?? '' };
  if (values.prompt !== undefined) invalid('--messages', 'either --prompt or --messages', 'both');
  const messages = JSON.parse(await readText(values.messages)) as unknown;
  const isMessage = (m: unknown): m is ChatMessage =>
    typeof m === 'object' &&
    m !== null &&
    ['system', 'user', 'assistant'].includes((m as ChatMessage).role) &&
    typeof (m as ChatMessage).content === 'string';
  if (!Array.isArray(messages) || messages.length === 0 || !messages.every(isMessage)) {
    return invalid(
      values.messages,
      '[{"role": "user", "content": "…"}, …]',
      JSON.stringify(messages).slice(0, 80),
    );
  }
  return { kind: 'messages', messages };
}

/** Reads texts from a file: a JSON list of texts, or a plain text file with one text. */
export async function textsOf(path: string): Promise<string[]> {
  const content = await readText(path);
  if (!path.endsWith('.json')) return [content];
  const texts = JSON.parse(content) as unknown;
  if (Array.isArray(texts) && texts.every((t) => typeof t === 'string')) return texts;
  return invalid(path, 'a JSON list of texts', content.slice(0, 40));
}

async function readText(path: string): Promise<string> {
  const source = await nodeSource(path);
  if (source === undefined) return fail('source-missing', { who: path, message: 'the file does not exist' });
  return new TextDecoder().decode(await source.read(0, source.size));
}

function adapterOf(text: string | undefined): AdapterName | undefined {
  if (text === undefined) return undefined;
  return adapterNamed(text) ?? invalid('--adapter', 'swiftshader, lavapipe or default', text);
}

function oneOf<T extends string>(where: string, text: string, allowed: readonly T[]): T {
  return allowed.find((name) => name === text) ?? invalid(where, allowed.join(', '), text);
}

function invalid(where: string, expected: string, got: string): never {
  fail('request-invalid', { who: 'linnet', where, message: 'this argument is invalid', expected, got });
}
