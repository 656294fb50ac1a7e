/**
 * Where a program may connect to, by the `connect-src` of its content security policy. A browser blocks every other
 * address, and its fetch then fails as if the server were down. So an address is compared with the policy first, and a
 * violation that the browser reports later (a redirect, a list that is unknown here) is told from a broken connection.
 *
 * Source: Content Security Policy Level 3, sections 4.1, 6.7.2 (matching of source expressions). Where a
 * browser is stricter than this text, the address passes here and the browser blocks it.
 */
import { fail } from '../../base/errors.ts';

/** Decides which addresses may be fetched. */
export interface ConnectPolicy {
  allows(url: URL): boolean;
  /** The allowed places, for messages. */
  readonly places: string;
}

/** Allows everything: outside of browsers, and where the policy is unknown. */
export const OPEN_POLICY: ConnectPolicy = { allows: () => true, places: 'any server' };

/**
 * Reads the policy from a Content-Security-Policy. `self`: any address of the program. Without `connect-src` the
 * `default-src` applies; without both everything is allowed.
 */
export function connectPolicy(contentSecurityPolicy: string, self: string): ConnectPolicy {
  const directives = contentSecurityPolicy.split(';').map((text) => text.trim().split(/\s+/));
  const named = (name: string) => directives.find(([first]) => first?.toLowerCase() === name)?.slice(1);
  const sources = named('connect-src') ?? named('default-src');
  if (sources === undefined) return OPEN_POLICY;
  const own = URL.canParse(self) ? new URL(self) : undefined;
  return {
    allows: (url) => sources.some((source) => matches(source, url, own)),
    places: sources.filter((source) => !source.startsWith("'")).join(', ') || 'no server',
  };
}

const PORTS: Readonly<Record<string, string>> = {
  'http:': '80',
  'https:': '443',
  'ws:': '80',
  'wss:': '443',
};
/** scheme, host, port and path of a source expression. */
const SOURCE =
  /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\*|(?:\*\.)?[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(\d+|\*))?(\/.*)?$/i;

function matches(source: string, url: URL, self: URL | undefined): boolean {
  if (source === '*') return PORTS[url.protocol] !== undefined || url.protocol === self?.protocol;
  if (source.toLowerCase() === "'self'") {
    return self !== undefined && schemeMatches(self.protocol, url.protocol) && url.host === self.host;
  }
  const scheme = /^([a-z][a-z0-9+.-]*:)$/i.exec(source)?.[1];
  if (scheme !== undefined) return schemeMatches(scheme.toLowerCase(), url.protocol);
  const found = SOURCE.exec(source);
  if (found === null) return false;
  const [, named, host = '', port, path] = found;
  const wanted = named === undefined ? (self?.protocol ?? 'https:') : `${named.toLowerCase()}:`;
  return (
    schemeMatches(wanted, url.protocol) &&
    hostMatches(host.toLowerCase(), url.hostname.toLowerCase()) &&
    portMatches(port, url, wanted) &&
    pathMatches(path, url.pathname)
  );
}

/** Schemes that satisfy another one: secure forms, and those in which a WebSocket begins. */
const SATISFIED_BY: Readonly<Record<string, readonly string[]>> = {
  'http:': ['https:'],
  'ws:': ['wss:', 'http:', 'https:'],
  'wss:': ['https:'],
};

const schemeMatches = (wanted: string, got: string): boolean =>
  wanted === got || SATISFIED_BY[wanted]?.includes(got) === true;

function hostMatches(wanted: string, got: string): boolean {
  if (wanted === '*') return true;
  return wanted.startsWith('*.') ? got.endsWith(wanted.slice(1)) : wanted === got;
}

function portMatches(wanted: string | undefined, url: URL, scheme: string): boolean {
  if (wanted === '*') return true;
  const got = url.port === '' ? PORTS[url.protocol] : url.port;
  if (wanted === undefined) return got === PORTS[url.protocol];
  return wanted === got || (wanted === PORTS[scheme] && got === PORTS[url.protocol]);
}

function pathMatches(wanted: string | undefined, got: string): boolean {
  if (wanted === undefined || wanted === '/') return true;
  return wanted.endsWith('/') ? got.startsWith(wanted) : got === wanted;
}

/** Throws `source-forbidden` for an address that the policy excludes. */
export function requireAllowed(policy: ConnectPolicy, who: string, url: string): void {
  if (!policy.allows(new URL(url))) forbidden(policy, who, url, 'address');
}

/** Throws `source-forbidden`: because of the address itself, or of one that its server forwards to. */
export function forbidden(
  policy: ConnectPolicy,
  who: string,
  url: string,
  what: 'address' | 'redirect',
): never {
  const { host } = new URL(url);
  fail('source-forbidden', {
    who,
    where: url,
    message:
      what === 'address'
        ? 'this program may not connect to this server'
        : 'this program may not connect to this server, or to the one that it forwards to',
    expected: policy.places,
    got: host,
  });
}

/** Milliseconds in which a browser reports a blocked request after it failed; the report is a task of its own. */
const REPORT_MS = 100;

/** What a browser reports of a request that its policy blocked. */
interface Violation extends Event {
  readonly effectiveDirective?: string;
  readonly blockedURI?: string;
}

/** Watches for a report that a request to `url` was blocked. Does nothing outside of browsers. */
export function watchViolations(url: string): { violated(): Promise<boolean>; end(): void } {
  const target = globalThis as Partial<EventTarget>;
  const { origin } = new URL(url);
  let seen = false;
  let wake = () => {};
  const listener = (event: Event) => {
    const { effectiveDirective, blockedURI = '' } = event as Violation;
    // After a redirect the report names the address that was asked for, so that it does not tell where that leads.
    const blocked = URL.canParse(blockedURI) ? new URL(blockedURI).origin : blockedURI;
    if (effectiveDirective !== 'connect-src' || blocked !== origin) return;
    seen = true;
    wake();
  };
  target.addEventListener?.('securitypolicyviolation', listener);
  return {
    async violated() {
      // Outside of browsers nothing is reported.
      if (seen || typeof SecurityPolicyViolationEvent === 'undefined') return seen;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, REPORT_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      return seen;
    },
    end: () => target.removeEventListener?.('securitypolicyviolation', listener),
  };
}
