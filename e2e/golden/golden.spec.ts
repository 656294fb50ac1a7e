/**
 * stories260K inside the extension against a golden that is not ours (llama2.c's text; origin in ../shared/README.md):
 * greedy, f32 weights and f32 activations, so that tokens must be equal. In Node, which reads all 200 tokens in every run:
 * `engine/conformance/golden.gpu.test.ts`.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assets, bundle, expect, LinnetBrowser, test } from '../harness/index.ts';
import { STORIES } from '../story.ts';
import type { GoldenAnswer } from './golden.worker.ts';

/** Tokens of the golden text. */
const LENGTH = process.env.LINNET_ALL === '1' ? 200 : 60;

/** A copy of the extension with one page and one worker more, under the same content security policy. */
async function extensionWithWorker(built: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'linnet-golden-'));
  cpSync(built, folder, { recursive: true });
  await bundle('e2e/golden/golden.worker.ts', folder, 'golden.worker.js', 'es');
  const page = `<!doctype html><html><head><title>Golden</title></head><body>
    <input type="file" multiple><output></output><script type="module" src="/golden.js"></script></body></html>`;
  writeFileSync(join(folder, 'golden.html'), page);
  writeFileSync(
    join(folder, 'golden.js'),
    `const [input, output] = document.body.children;
    const worker = new Worker('/golden.worker.js', { type: 'module' });
    worker.onmessage = ({ data }) => { output.textContent = JSON.stringify(data); };
    worker.onerror = ({ message }) => { output.textContent = JSON.stringify({ failed: message }); };
    input.onchange = () => worker.postMessage({ files: [...input.files], maxTokens: ${LENGTH} });`,
  );
  return folder;
}

test('the golden text, and nothing created while it is written', { tag: '@plain' }, async ({
  linnet: { options },
}) => {
  const model = assets(STORIES);
  const golden = JSON.parse(readFileSync(join(model, 'golden.json'), 'utf8')) as {
    bos_greedy_ids: number[];
    bos_greedy_text: string;
  };
  const extension = await extensionWithWorker(options.extension);
  const browser = new LinnetBrowser({ ...options, extension });
  try {
    await browser.launch();
    const page = await browser.open('golden.html');
    const files = ['config.json', 'generation_config.json', 'model.safetensors', 'tokenizer.json'];
    await page
      .locator('input')
      .setInputFiles([...files, 'tokenizer_config.json'].map((name) => join(model, name)));
    const output = page.locator('output');
    await expect(output).not.toBeEmpty();
    const { failed, ids, text, created } = JSON.parse(await output.innerText()) as GoldenAnswer;
    expect(failed).toBeUndefined();
    expect(ids).toEqual(golden.bos_greedy_ids.slice(1, 1 + LENGTH));
    expect(text).not.toBe('');
    expect(text).toBe(golden.bos_greedy_text.slice(0, text?.length));
    expect(created).toEqual({ buffers: 0, bindGroups: 0, pipelines: 0 });
  } finally {
    await browser.close();
    rmSync(extension, { recursive: true, force: true });
  }
});
