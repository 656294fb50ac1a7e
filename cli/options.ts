/** The command line's words: what may be said, and what it means. */
import { parseArgs } from 'node:util';
import {
  type ActivationDType,
  type CacheForm,
  type ChatMessage,
  fail,
  type GenerateRequest,
  type Prompt,
  PROFILES,
  type Speculation,
  type WeightProfile,
} from '../engine/index.ts';
import { type AdapterName, adapterNamed } from './dawn.ts';
import { nodeSource } from './node-files.ts';

export const HELP = `linnet: the engine of Linnet on the command line

  npm run -s linnet -- COMMAND --model MODEL [options]

commands
  generate     --prompt TEXT | --messages FILE   writes on from a text, or answers a dialogue
  logits       --prompt TEXT | --messages FILE   the logits after the prompt's last token
  perplexity   --text FILE [--limit N]           how well the model foretells texts
  inspect                                        graph, passes, memory plan; with --adapter also kernels
  import       --store DIR [--name NAME]         keeps a converted copy
  convert      --out DIR [--name NAME]           writes a converted copy for others: put the folder on any
                                                 server, and its address is a MODEL
  models       --store DIR                       what is kept there

A conversion or import that was cut off goes on where it stopped when it is started again.

MODEL is a folder with config.json, tokenizer.json and *.safetensors, a hub repository
(org/name or org/name@revision), or the address of such a folder; or one GGUF file: a path, a folder
that has one, an address, or org/name/FILE.gguf on the hub.

options
  --prompt TEXT          as it is; an empty one means: begin with the BOS token alone
  --messages FILE        JSON: [{"role": "user", "content": "…"}, …], by the model's chat template
  --max-tokens N         128
  --temperature X        0, which is greedy
  --top-k N, --top-p X   0 and 1, which are off
  --min-p X              0, which is off: keep what is at least X times as likely as the likeliest
  --repetition-penalty X 1, which is off: tokens that the text has already become less likely
  --drafts D             auto (default), always or off: check several tokens at a time where the prompt
                         foretells them; the answer is the same
  --seed N               for the same answer again
  --ignore-eos           go on past the end of the text
  --weights W            m0e4 (default), m0e4+q8-head, m0e4+f16-head, q8, f16 or f32
  --activations A        f32 or f16; f16 where the adapter has it
  --cache C              plain (keys and values as activations are) or q8 (in 8 bits)
  --capacity N           tokens in the cache, 4096 or the model's own length if that is less
  --adapter A            swiftshader, lavapipe or default (the machine's own; where there is
                         none, a software adapter is used)
  --forms                test the adapter's faster forms of kernels and use those that are right;
                         the verdicts are kept in the store and shown by inspect --adapter
  --store DIR            keep the converted model there, and use it if it is there
  --json                 one JSON object on standard output and nothing else
`;

const OPTIONS = {
  model: { type: 'string' },
  prompt: { type: 'string' },
  messages: { type: 'string' },
  text: { type: 'string' },
  limit: { type: 'string' },
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
  /** Undefined: not said. */
  readonly adapter: AdapterName | undefined;
}

export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  const [command, ...more] = positionals;
  const help = values.help === true || command === undefined || command === 'help';
  if (!help) oneOf('command', command, COMMANDS);
  if (more.length > 0) wrong('command', 'one word; quote texts with spaces', more.join(' '));
  return {
    command: help ? 'help' : (command as Command),
    values,
    weights: oneOf('--weights', values.weights ?? 'm0e4', Object.keys(PROFILES) as WeightProfile[]),
    activations:
      values.activations === undefined
        ? undefined
        : oneOf('--activations', values.activations, ['f32', 'f16'] as const),
    cache: oneOf('--cache', values.cache ?? 'plain', ['plain', 'q8'] as const),
    capacity: numberOf(values, 'capacity'),
    drafts: oneOf('--drafts', values.drafts ?? 'auto', ['auto', 'always', 'off'] as const),
    adapter: adapterOf(values.adapter ?? process.env.LINNET_ADAPTER),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (cause) {
    return wrong(
      'arguments',
      'those that --help lists',
      cause instanceof Error ? cause.message : String(cause),
    );
  }
}

export function required(values: Values, name: 'model' | 'text' | 'store' | 'out'): string {
  return values[name] ?? wrong(`--${name}`, 'a value', 'nothing');
}

export function numberOf(
  values: Values,
  name: 'limit' | 'max-tokens' | 'capacity' | keyof typeof SAMPLING,
): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number)) wrong(`--${name}`, 'a number', text);
  return number;
}

/** The options of sampling, and what the engine calls them. */
const SAMPLING = {
  temperature: 'temperature',
  'top-k': 'topK',
  'top-p': 'topP',
  'min-p': 'minP',
  'repetition-penalty': 'repetitionPenalty',
  seed: 'seed',
} as const;

/** What was said of sampling, and of nothing else. */
export function samplingOf(values: Values): NonNullable<GenerateRequest['sampling']> {
  const said = Object.entries(SAMPLING).map(([name, field]) => [
    field,
    numberOf(values, name as keyof typeof SAMPLING),
  ]);
  return Object.fromEntries(said.filter(([, value]) => value !== undefined));
}

/** `--messages` or `--prompt`; without either, the empty prompt. */
export async function promptOf(values: Values): Promise<Prompt> {
  if (values.messages === undefined) return { kind: 'text', text: values.prompt ?? '' };
  if (values.prompt !== undefined) wrong('--messages', 'either --prompt or --messages', 'both');
  const messages = JSON.parse(await readText(values.messages)) as unknown;
  const isMessage = (m: unknown): m is ChatMessage =>
    typeof m === 'object' &&
    m !== null &&
    ['system', 'user', 'assistant'].includes((m as ChatMessage).role) &&
    typeof (m as ChatMessage).content === 'string';
  if (!Array.isArray(messages) || messages.length === 0 || !messages.every(isMessage)) {
    return wrong(
      values.messages,
      '[{"role": "user", "content": "…"}, …]',
      JSON.stringify(messages).slice(0, 80),
    );
  }
  return { kind: 'messages', messages };
}

/** A JSON list of texts, or a plain text, which is one. */
export async function textsOf(path: string): Promise<string[]> {
  const content = await readText(path);
  if (!path.endsWith('.json')) return [content];
  const texts = JSON.parse(content) as unknown;
  if (Array.isArray(texts) && texts.every((t) => typeof t === 'string')) return texts;
  return wrong(path, 'a JSON list of texts', content.slice(0, 40));
}

async function readText(path: string): Promise<string> {
  const source = await nodeSource(path);
  if (source === undefined) return fail('source-missing', { who: path, message: 'there is no such file' });
  return new TextDecoder().decode(await source.read(0, source.size));
}

function adapterOf(text: string | undefined): AdapterName | undefined {
  if (text === undefined) return undefined;
  return adapterNamed(text) ?? wrong('--adapter', 'swiftshader, lavapipe or default', text);
}

function oneOf<T extends string>(where: string, text: string, allowed: readonly T[]): T {
  return allowed.find((name) => name === text) ?? wrong(where, allowed.join(', '), text);
}

function wrong(where: string, expected: string, got: string): never {
  fail('request-invalid', { who: 'linnet', where, message: 'this cannot be understood', expected, got });
}
