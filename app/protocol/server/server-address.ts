/**
 * The address of a person's own server, as it may be typed, and what it stands for. Text leaves the device for it, so plain
 * HTTP is for this machine and the local network only; everything else needs HTTPS.
 *
 * The interface is that of OpenAI's chat completions under a version's path, as llama-server, Ollama, LM Studio, vLLM and
 * `transformers serve` offer it: `GET v1/models`, `POST v1/chat/completions`.
 */
import { AppError } from '../errors.ts';

export interface ServerAddress {
  /** With the version's path and a slash at its end: `http://192.168.1.5:11434/v1/`. */
  readonly base: string;
  /** Scheme, host and port: the only ones that are asked. */
  readonly origin: string;
  /** Host and port, as a person knows them. */
  readonly host: string;
  /** The match pattern of the host permission; ports are in no pattern. */
  readonly pattern: string;
}

/** Ends of addresses that people copy from instructions. */
const PARTS = /\/(?:chat\/completions|completions|models|chat)$/;
const VERSION = /\/v\d+[a-z\d]*$/i;

/** Throws `server-address` for what names no server, and for plain HTTP beyond the local network. */
export function serverAddress(typed: string): ServerAddress {
  const text = typed.trim();
  const refuse = (message: string, expected: string): never => {
    throw new AppError('server-address', { who: 'server', message, expected, got: text.slice(0, 200) });
  };
  const form = 'an address such as http://192.168.1.5:11434 or https://example.org/v1';
  const schemed = /^[a-z][a-z\d+.-]*:\/\//i.test(text);
  const guess = schemed ? text : `${isLocal(hostOf(`http://${text}`)) ? 'http' : 'https'}://${text}`;
  if (text === '' || !URL.canParse(guess)) return refuse('this is no address of a server', form);
  const url = new URL(guess);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return refuse('servers speak http or https', form);
  // A name and password would be shown and stored with the address; a key has a field of its own.
  if (url.username !== '' || url.password !== '')
    return refuse('the address has a name or a password in it', 'the key in its own field');
  if (url.protocol === 'http:' && !isLocal(url.hostname))
    return refuse('plain http beyond the local network can be read on its way', `https://${url.host}`);
  const path = url.pathname.replace(/\/+$/, '').replace(PARTS, '').replace(/\/+$/, '');
  const versioned = VERSION.test(path) ? path : `${path}/v1`;
  return {
    base: `${url.origin}${versioned}/`,
    origin: url.origin,
    host: url.host,
    pattern: `${url.protocol}//${url.hostname}/*`,
  };
}

export function isServerAddress(text: string): boolean {
  try {
    return serverAddress(text).base !== '';
  } catch {
    return false;
  }
}

const hostOf = (text: string): string => (URL.canParse(text) ? new URL(text).hostname : '');

/** Names that routers and mDNS give to machines at home, and names without a dot. */
const LOCAL_NAME = /^(?:[^.:]+|(?:.+\.)?(?:localhost|local|lan|home|internal|home\.arpa))$/i;

/**
 * Whether a host is this machine or in the local network: private, link-local, loopback and carrier-grade addresses
 * (RFC 1918, 3927, 6598, 4193, 4291), and names of local networks (RFC 6762, 8375).
 */
export function isLocal(host: string): boolean {
  const four = /^(\d+)\.(\d+)\.\d+\.\d+$/.exec(host);
  if (four !== null) {
    const [a, b] = [Number(four[1]), Number(four[2])];
    return (
      a === 127 ||
      a === 10 ||
      (a === 172 && b >= 16 && b < 32) ||
      (a === 192 && b === 168) ||
      (a === 169 && b === 254) ||
      (a === 100 && b >= 64 && b < 128)
    );
  }
  if (host.startsWith('[')) return /^\[(?:::1\]|f[cd]|fe[89ab])/i.test(host);
  return LOCAL_NAME.test(host);
}
