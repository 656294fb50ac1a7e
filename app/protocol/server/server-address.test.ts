import { expect, test } from 'vitest';
import { isLocal, serverAddress } from './server-address.ts';

test.each([
  ['http://192.168.1.5:11434', 'http://192.168.1.5:11434/v1/'],
  ['192.168.1.5:11434', 'http://192.168.1.5:11434/v1/'],
  [' localhost:8080/ ', 'http://localhost:8080/v1/'],
  ['http://127.0.0.1:1234/v1', 'http://127.0.0.1:1234/v1/'],
  ['http://box:8000/v1/chat/completions', 'http://box:8000/v1/'],
  ['http://box.local:8000/v1/models', 'http://box.local:8000/v1/'],
  ['https://example.org', 'https://example.org/v1/'],
  ['example.org/llm/v1/', 'https://example.org/llm/v1/'],
  ['https://example.org/llm?x=1#y', 'https://example.org/llm/v1/'],
  ['http://[::1]:8080', 'http://[::1]:8080/v1/'],
  ['http://[fd00::2]:8080', 'http://[fd00::2]:8080/v1/'],
  ['http://100.64.3.4:8080', 'http://100.64.3.4:8080/v1/'],
])('%s is the server %s', (typed, base) => {
  expect(serverAddress(typed).base).toBe(base);
});

test('a permission is for the host alone, on every port', () => {
  expect(serverAddress('http://192.168.1.5:11434')).toEqual({
    base: 'http://192.168.1.5:11434/v1/',
    origin: 'http://192.168.1.5:11434',
    host: '192.168.1.5:11434',
    pattern: 'http://192.168.1.5/*',
  });
});

test.each([
  '',
  '   ',
  'not an address',
  'ftp://192.168.1.5/',
  'javascript:alert(1)',
  'file:///etc/passwd',
  // Plain http can be read on its way.
  'http://example.org',
  'http://8.8.8.8:11434',
  'http://172.32.0.1',
  'http://[2001:db8::1]:8080',
  'http://192.168.1.5.evil.example',
  // A name and password would be stored and shown.
  'http://me:secret@192.168.1.5',
])('%s is refused', (typed) => {
  expect(() => serverAddress(typed)).toThrow(expect.objectContaining({ code: 'server-address' }));
});

test('a network address that only looks local is not', () => {
  for (const host of ['192.169.0.1', '11.0.0.1', 'local.example.org', 'localhost.example.org', '[ff02::1]'])
    expect(isLocal(host), host).toBe(false);
});
