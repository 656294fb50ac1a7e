import { expect, test } from 'vitest';
import { ownPolicy } from './own-policy.ts';

test('models come from the hub, its mirrors, this machine, and nowhere else', () => {
  const policy = ownPolicy('chrome-extension://abc/demo/');
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
    'chrome-extension://other/x',
  ])
    expect(allows(url), url).toBe(false);
  expect(policy.places).toContain('https://huggingface.co');
});
