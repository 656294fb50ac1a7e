/**
 * llama.cpp, compiled to WebAssembly (`@wllama/wllama`), in a headless Chromium: logits of a GGUF file from an
 * independent engine. It needs a browser's workers and blobs, so it does not run in Node.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright/test';
import { ensureChromium } from '../setup/chromium.mjs';

const ORIGIN = 'http://oracle.invalid';
const PACKAGE = fileURLToPath(new URL('../../node_modules/@wllama/wllama/esm/', import.meta.url));

export interface Oracle {
  /** Natural logarithms of the probabilities of all tokens, after the prompt and after each step. */
  logProbabilities(gguf: Uint8Array, prompt: number[], steps: number[], context: number): Promise<number[][]>;
  version: string;
  close(): Promise<void>;
}

export async function openOracle(): Promise<Oracle> {
  const isRoot = process.getuid?.() === 0;
  const browser = await chromium.launch({ executablePath: await ensureChromium(), chromiumSandbox: !isRoot });
  const page = await browser.newPage();
  let model: Uint8Array = new Uint8Array(0);
  await page.route(`${ORIGIN}/**`, async (route) => {
    const path = new URL(route.request().url()).pathname.slice(1);
    if (path === '') return await route.fulfill({ contentType: 'text/html', body: '<title>oracle</title>' });
    if (path === 'model.gguf') return await route.fulfill({ body: Buffer.from(model) });
    const contentType = path.endsWith('.js') ? 'text/javascript' : 'application/wasm';
    return await route.fulfill({ contentType, body: await readFile(PACKAGE + path) });
  });
  await page.goto(`${ORIGIN}/`);
  const manifest = JSON.parse(await readFile(`${PACKAGE}../package.json`, 'utf8')) as { version: string };
  return {
    version: manifest.version,
    async logProbabilities(gguf, prompt, steps, context) {
      model = gguf;
      return await run(page, prompt, steps, context);
    },
    close: () => browser.close(),
  };
}

/** The cache in f32, as in our tests; one thread, so that the order of sums is fixed. */
async function run(page: Page, prompt: number[], steps: number[], context: number): Promise<number[][]> {
  return await page.evaluate(
    async ({ prompt, steps, context }) => {
      const library = '/index.js';
      const { Wllama } = await import(library);
      const quiet = {
        debug() {},
        log() {},
        warn() {},
        error: (...all: unknown[]) => said.push(all.join(' ')),
      };
      const said: string[] = [];
      const wllama = new Wllama(
        { 'single-thread/wllama.wasm': '/single-thread/wllama.wasm' },
        { logger: quiet, suppressNativeLog: false },
      );
      const file = new Blob([await (await fetch('/model.gguf')).arrayBuffer()]);
      try {
        await wllama.loadModel([file], {
          n_ctx: context,
          n_threads: 1,
          cache_type_k: 'f32',
          cache_type_v: 'f32',
          flash_attn: false,
        });
        const rows: number[][] = [];
        for (const tokens of [prompt, ...steps.map((id) => [id])]) {
          await wllama.decode(tokens, {});
          const found: { token: number; p: number }[] = await wllama.getLogits(-1);
          const row: number[] = [];
          for (const { token, p } of found) row[token] = Math.log(p);
          rows.push(row);
        }
        return rows;
      } catch (error) {
        throw new Error(`${String(error)}\n${said.slice(-8).join('\n')}`);
      } finally {
        await wllama.exit();
      }
    },
    { prompt, steps, context },
  );
}
