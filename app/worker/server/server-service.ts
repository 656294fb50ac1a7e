/**
 * A person's own server: the model that answers in place of the one on this device, the list of its models, and a trial.
 * Nothing is sent while the setting does not say so, but for the list and the trial that a page of Linnet asks for.
 */
import { EngineError, log, type Storage } from '../../../engine/index.ts';
import { AppError } from '../../protocol/errors.ts';
import {
  ASSUMED_CONTEXT,
  type OwnServer,
  type ServerModel,
  type ServerTrial,
} from '../../protocol/server/own-server.ts';
import { serverAddress } from '../../protocol/server/server-address.ts';
import type { Answerer } from '../answerer/answerer.ts';
import { ServerConnection, type ConnectionOptions, textOf } from './connection.ts';
import { field, statedContext } from './refusals.ts';
import { ServerAnswerer } from './server-answerer.ts';
import { type ServerKey, serverKey } from './server-key.ts';

export interface ServerServiceOptions extends ConnectionOptions {
  /** The setting. */
  server(): OwnServer | undefined;
  storage(): Promise<Storage>;
}

/** What a server showed of its context, by address and model. */
interface Learnt {
  readonly context?: number;
  readonly scale: number;
  /** The model thinks before it answers. */
  readonly thinks?: boolean;
}

/** Names of models that think before they answer. */
const THINKERS = /think|reason|(?<![a-z\d])(?:r1|qwq|gpt-oss|magistral)(?![a-z\d])/i;

/** Models of a list, and characters of it. */
const MOST_MODELS = 1000;
const MOST_LIST = 8_000_000;
const MOST_NAME = 300;
/** Most that an estimate is multiplied by; a server that counts more is believed no further. */
const MOST_SCALE = 4;
/** Tokens of a prompt that says something of the vocabulary; in shorter ones the template counts for more. */
const WORTH_COUNTING = 256;
const TRIAL = 'Say hello in one short sentence.';
const TRIAL_TOKENS = 32;

export class ServerService {
  private readonly options: ServerServiceOptions;
  private readonly key: ServerKey;
  private readonly learnt = new Map<string, Learnt>();
  private made: { readonly by: string; readonly answerer: Answerer } | undefined;
  /** Whether there was a server when settings changed last. */
  private had = false;

  constructor(options: ServerServiceOptions) {
    this.options = options;
    this.key = serverKey(options.storage);
  }

  /** The server's model if it answers; undefined for a model on this device. `isPrivate`: what is asked is private. */
  answerer(isPrivate: boolean): Answerer | undefined {
    const server = this.options.server();
    if (server === undefined || !server.used || (isPrivate && server.inPrivate !== true)) return undefined;
    const known = this.learnt.get(nameOf(server));
    const by = JSON.stringify([server, known]);
    if (this.made?.by !== by) this.made = { by, answerer: this.create(server) };
    return this.made.answerer;
  }

  /** Whether a server would answer what is not private. */
  get used(): boolean {
    return this.options.server()?.used === true;
  }

  /** Called when settings have changed: the key of a server goes with it. Returns whether a server came or went. */
  changed(): boolean {
    const has = this.options.server() !== undefined;
    if (this.had && !has) void this.forgetKey();
    const changed = this.had !== has;
    this.had = has;
    return changed;
  }

  setKey(address: string, key: string, keep: boolean): Promise<void> {
    return this.key.set(serverAddress(address).origin, key, keep);
  }

  forgetKey(): Promise<void> {
    return this.key.forget().catch(() => log('warn', 'server', 'the key could not be removed'));
  }

  /** The models that the server lists. Throws `server-address`, `server-down`, `server-unlike` and the like. */
  async models(address: string): Promise<readonly ServerModel[]> {
    const connection = new ServerConnection(address, this.options);
    const { origin, host } = connection.address;
    const { bytes } = await connection.ask({ path: 'models', key: await this.key.of(origin) });
    const list = listOf(await textOf(bytes, MOST_LIST));
    if (list === undefined)
      throw new AppError('server-unlike', { who: host, message: 'the address has no list of models' });
    return list;
  }

  /** Asks the model for a few words. */
  async attempt(server: OwnServer): Promise<ServerTrial> {
    const answerer = this.create({ ...server, context: server.context ?? ASSUMED_CONTEXT });
    let first: number | undefined;
    const start = performance.now();
    const { text, thoughtTokens } = await answerer.generate(
      { prompt: { kind: 'messages', messages: [{ role: 'user', content: TRIAL }] }, maxTokens: TRIAL_TOKENS },
      {
        onEvent: () => {
          first ??= performance.now() - start;
        },
      },
    );
    if (text.trim() === '' && thoughtTokens === 0)
      throw new AppError('server-failed', {
        who: serverAddress(server.address).host,
        message: 'the server sent an empty answer',
      });
    const context = this.learnt.get(nameOf(server))?.context;
    return {
      answer: text.trim(),
      milliseconds: Math.round(first ?? 0),
      ...(context === undefined ? {} : { context }),
    };
  }

  private create(server: OwnServer): Answerer {
    const connection = new ServerConnection(server.address, this.options);
    const name = nameOf(server);
    const { context, scale = 1, thinks = THINKERS.test(server.model) } = this.learnt.get(name) ?? {};
    const stated = server.context ?? ASSUMED_CONTEXT;
    return new ServerAnswerer({
      connection,
      model: server.model,
      capacity: Math.min(stated, context ?? stated),
      scale,
      thinks,
      thought: () => {
        if (!thinks) this.learn(name, { thinks: true });
      },
      key: () => this.key.of(connection.address.origin),
      counted: (tokens, estimated) => {
        if (tokens > estimated && estimated >= WORTH_COUNTING)
          this.learn(name, { scale: Math.min(MOST_SCALE, (scale * tokens) / Math.max(1, estimated)) });
      },
      refused: (error) => {
        if (!(error instanceof EngineError) || error.code !== 'prompt-too-long') return;
        const tokens = statedContext(error.message);
        if (tokens !== undefined) this.learn(name, { context: tokens });
      },
    });
  }

  private learn(name: string, more: Partial<Learnt>): void {
    this.learnt.set(name, { scale: 1, ...this.learnt.get(name), ...more });
  }
}

const nameOf = ({ address, model }: OwnServer): string => `${address} ${model}`;

/** Undefined if the text is no list of models. */
function listOf(text: string): ServerModel[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const list = Array.isArray(parsed) ? parsed : (field(parsed, 'data') ?? field(parsed, 'models'));
  // Ollama writes null for a list without models.
  if (list === null && field(parsed, 'object') === 'list') return [];
  if (!Array.isArray(list)) return undefined;
  const models = list.flatMap((entry): ServerModel[] => {
    const id = field(entry, 'id') ?? field(entry, 'model') ?? field(entry, 'name');
    if (typeof id !== 'string' || id === '' || id.length > MOST_NAME) return [];
    const context = contextOf(entry);
    return [context === undefined ? { id } : { id, context }];
  });
  return models.slice(0, MOST_MODELS);
}

/** vLLM: `max_model_len`; llama-server: `meta.n_ctx`, what it was started with; LM Studio and others: the rest. */
function contextOf(entry: unknown): number | undefined {
  const found = [
    field(entry, 'max_model_len'),
    field(field(entry, 'meta'), 'n_ctx'),
    field(entry, 'loaded_context_length'),
    field(entry, 'context_length'),
    field(entry, 'context_window'),
    field(entry, 'max_context_length'),
  ].find((value) => typeof value === 'number' && Number.isSafeInteger(value) && value > 0);
  return found as number | undefined;
}
