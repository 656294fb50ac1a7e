/** Which servers a program may connect to, and what a person is told of the others. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { connectPolicy, OPEN_POLICY } from './connect-policy.ts';
import { httpFolder } from './http-source.ts';

const SELF = 'app://abc';
const CSP =
  "default-src 'none'; script-src 'self'; connect-src 'self' https://hub.example https://*.cdn.example http://127.0.0.1:*";
const policy = connectPolicy(CSP, SELF);
const allows = (url: string, csp = CSP) => connectPolicy(csp, SELF).allows(new URL(url));

describe('source expressions', () => {
  test.each([
    ['https://hub.example/a/b', true],
    ['https://hub.example:443/a', true],
    ['https://hub.example:8443/a', false],
    ['http://hub.example/a', false],
    ['https://www.hub.example/a', false],
    ['https://hub.example.evil.example/a', false],
    ['https://a.cdn.example/x', true],
    ['https://a.b.cdn.example/x', true],
    ['https://cdn.example/x', false],
    ['https://evilcdn.example/x', false],
    ['http://127.0.0.1:8080/m', true],
    ['http://127.0.0.1/m', true],
    ['http://localhost:8080/m', false],
    ['app://abc/demo/x', true],
    ['app://other/demo/x', false],
  ])('%s: %s', (url, expected) => expect(allows(url)).toBe(expected));

  test.each([
    ['https://any.example/', 'connect-src *', true],
    ['data:text/plain,a', 'connect-src *', false],
    ['https://any.example/', 'connect-src https:', true],
    ['https://any.example/', 'connect-src http:', true],
    ['http://any.example/', 'connect-src https:', false],
    ['https://any.example/', "connect-src 'none'", false],
    ['https://any.example/', 'connect-src', false],
    ['https://any.example/', "default-src 'self'", false],
    ['https://any.example/', "script-src 'self'", true],
    ['https://any.example/', '', true],
    ['https://a.example/x/y', 'connect-src https://a.example/x/', true],
    ['https://a.example/z', 'connect-src https://a.example/x/', false],
    ['https://a.example/x', 'connect-src https://a.example/x', true],
    ['https://a.example/x/y', 'connect-src https://a.example/x', false],
    ['https://A.example/', 'Connect-Src HTTPS://a.EXAMPLE', true],
    ['https://a.example/', 'connect-src http://a.example:80', true],
    ['https://a.example:3000/', 'connect-src wss://a.example:3000', true],
    ['http://a.example:3000/', 'connect-src ws://a.example:3000', true],
    ['http://a.example:3000/', 'connect-src wss://a.example:3000', false],
  ])('%s under "%s": %s', (url, csp, expected) => expect(allows(url, csp)).toBe(expected));
});

test.each([
  ['https://page.example/m', true],
  ['http://page.example/m', true],
  ['https://page.example:8443/m', false],
  ['https://other.example/m', false],
])("%s under 'self' of http://page.example: %s", (url, expected) => {
  const own = connectPolicy("connect-src 'self'", 'http://page.example/index.html');
  expect(own.allows(new URL(url))).toBe(expected);
});

describe('a server that is not allowed', () => {
  afterEach(() => vi.unstubAllGlobals());

  test('is refused by name before any request, with the places that are allowed', async () => {
    const get = vi.fn<typeof fetch>();
    const folder = httpFolder('https://other.example/models/m/', { fetch: get, policy });
    await expect(folder.open('config.json')).rejects.toMatchObject({
      code: 'source-forbidden',
      got: 'other.example',
      expected: 'https://hub.example, https://*.cdn.example, http://127.0.0.1:*',
    });
    expect(get).not.toHaveBeenCalled();
  });

  /** A browser that blocks: the request fails, and the report follows as a task of its own. */
  function blocking(
    blockedURI: string,
    delay: number | undefined,
  ): { get: typeof fetch; asked: () => number } {
    const target = new EventTarget();
    vi.stubGlobal('addEventListener', target.addEventListener.bind(target));
    vi.stubGlobal('removeEventListener', target.removeEventListener.bind(target));
    vi.stubGlobal('SecurityPolicyViolationEvent', Event);
    let asked = 0;
    const get: typeof fetch = async () => {
      asked++;
      const event = Object.assign(new Event('securitypolicyviolation'), {
        effectiveDirective: 'connect-src',
        blockedURI,
      });
      if (delay !== undefined) setTimeout(() => target.dispatchEvent(event), delay);
      throw new TypeError('Failed to fetch');
    };
    return { get, asked: () => asked };
  }

  test('behind a redirect that was followed, where no browser holds to the policy, is told and not read', async () => {
    const cancelled = vi.fn();
    const get = async () => {
      const body = new ReadableStream({ cancel: cancelled });
      const response = new Response(body, { status: 200, headers: { 'content-length': '2' } });
      return Object.defineProperties(response, {
        redirected: { value: true },
        url: { value: 'https://evil.example/config.json' },
      });
    };
    const folder = httpFolder('https://hub.example/a/', { fetch: get, policy, backoffMs: 1 });
    await expect(folder.open('config.json')).rejects.toMatchObject({ code: 'source-forbidden' });
    expect(cancelled).toHaveBeenCalledTimes(1);
  });

  test.each([0, 20])('behind a redirect is told by the report of the browser, after %i ms', async (delay) => {
    const { get, asked } = blocking('https://hub.example/a/resolve/main/config.json', delay);
    const folder = httpFolder('https://hub.example/a/', { fetch: get, policy, backoffMs: 1 });
    await expect(folder.open('config.json')).rejects.toMatchObject({
      code: 'source-forbidden',
      message: expect.stringContaining('forwards to'),
    });
    expect(asked()).toBe(1);
  });

  test.each([
    ['no report', 'https://hub.example/', undefined],
    ['a report of another server', 'https://elsewhere.example/', 0],
  ])('%s: a broken connection, which is tried again', async (_, blocked, delay) => {
    const { get, asked } = blocking(blocked, delay);
    const folder = httpFolder('https://hub.example/a/', { fetch: get, policy: OPEN_POLICY, backoffMs: 1 });
    await expect(folder.open('config.json')).rejects.toMatchObject({ code: 'source-read' });
    expect(asked()).toBe(6);
  });
});
