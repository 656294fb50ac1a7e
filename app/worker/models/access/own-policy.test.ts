import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ownPolicy } from './own-policy.ts';

const MANIFEST = 'chrome-extension://abc/manifest.json';
const encoded = (value: unknown) => async () => new TextEncoder().encode(JSON.stringify(value));

/** The policy as wxt.config.ts writes it into the manifest. */
function packagedPolicy(): string {
  const config = readFileSync('wxt.config.ts', 'utf8');
  const list = /const connectSources = \[([^\]]*)\]/.exec(config)?.[1] ?? '';
  const sources = [...list.matchAll(/(["'])(.*?)\1,/g)].map(([, , source]) => source);
  return `default-src 'none'; connect-src ${sources.join(' ')}`;
}

test('the manifest allows the hub, its mirrors, this machine, and nothing else', async () => {
  const manifest = { content_security_policy: { extension_pages: packagedPolicy() } };
  const policy = await ownPolicy(MANIFEST, encoded(manifest));
  const allows = (url: string) => policy.allows(new URL(url));
  for (const url of [
    'https://huggingface.co/org/name/resolve/main/config.json',
    'https://cdn-lfs.huggingface.co/x',
    'https://cas-bridge.xethub.hf.co/x',
    'https://hf-mirror.com/org/name/resolve/main/config.json',
    'https://cdn-lfs-cn-1.modelscope.cn/x',
    'http://127.0.0.1:8080/m/config.json',
    'http://localhost:3000/m',
    'chrome-extension://abc/demo/config.json',
  ])
    expect(allows(url), url).toBe(true);
  for (const url of [
    'https://example.org/m.gguf',
    'http://huggingface.co/x',
    'https://x.hf-mirror.com/x',
    'https://modelscope.cn.evil.example/x',
    'http://192.168.0.2/m',
    'https://hf.co.evil.example/x',
  ])
    expect(allows(url), url).toBe(false);
  expect(policy.places).toContain('https://huggingface.co');
});

test('where the manifest cannot be read or has no policy, the browser decides', async () => {
  const reads = [
    encoded({}),
    encoded({ content_security_policy: 3 }),
    encoded(null),
    async () => Promise.reject(new Error('gone')),
  ];
  for (const read of reads) {
    expect((await ownPolicy(MANIFEST, read)).allows(new URL('https://example.org/'))).toBe(true);
  }
  const older = encoded({ content_security_policy: "connect-src 'self'" });
  expect((await ownPolicy(MANIFEST, older)).allows(new URL('https://example.org/'))).toBe(false);
});
