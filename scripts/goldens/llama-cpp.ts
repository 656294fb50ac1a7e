/**
 * llama.cpp, compiled to WebAssembly (`@wllama/wllama`), in a headless Chromium: logits or vectors of a GGUF file from an
 * independent engine. It needs a browser's workers and blobs, so it does not run in Node.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright/test';
import { ensureChromium } from '../setup/chromium.mjs';

const ORIGIN = 'https://oracle.invalid';
const PACKAGE = fileURLToPath(new URL('../../node_modules/@wllama/wllama/esm/', import.meta.url));

export interface Oracle {
  /**
   * Natural logarithms of the probabilities of all tokens after each of the prompts. Of one that begins with the one
   * before, only the rest is read.
   */
  logProbabilities(gguf: Uint8Array, prompts: string[], context: number): Promise<number[][]>;
  /** The vectors that an encoder makes of the passages, each read alone, before they are divided by their lengths. */
  vectors(gguf: Uint8Array, passages: readonly (readonly number[])[], context: number): Promise<number[][]>;
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
    async logProbabilities(gguf, prompts, context) {
      model = gguf;
      return await run(page, { prompts, context });
    },
    async vectors(gguf, passages, context) {
      model = gguf;
      return await run(page, { passages, context });
    },
    close: () => browser.close(),
  };
}

interface Work {
  readonly prompts?: string[];
  /** Of an encoder. */
  readonly passages?: readonly (readonly number[])[];
  readonly context: number;
}

/** The cache in f32, as in our tests; one thread and the processor alone, so that the order of sums is fixed. */
async function run(page: Page, work: Work): Promise<number[][]> {
  return await page.evaluate(async ({ prompts = [], passages, context }) => {
    const library = '/index.js';
    const { Wllama } = await import(library);
    const said: string[] = [];
    const keep = (...all: unknown[]) => said.push(all.join(' '));
    const logger = { debug: keep, log: keep, warn: keep, error: keep };
    const wllama = new Wllama({ default: '/wasm/wllama.wasm' }, { logger });
    const file = new Blob([await (await fetch('/model.gguf')).arrayBuffer()]);
    try {
      await wllama.loadModel([file], {
        n_ctx: context,
        n_parallel: 1,
        n_threads: 1,
        n_gpu_layers: 0,
        cache_type_k: 'f32',
        cache_type_v: 'f32',
        flash_attn: false,
        swa_full: true,
        warmup: false,
        ...(passages === undefined ? {} : { embeddings: true }),
      });
      if (!wllama.getLoadedContextInfo().success) throw new Error('llama.cpp does not load the file');
      if (passages !== undefined) {
        const { data } = await wllama.createEmbedding({ input: passages, embd_normalize: -1 });
        return data.map(({ embedding }: { embedding: number[] }) => embedding);
      }
      const vocabulary: number = wllama.getLoadedContextInfo().n_vocab;
      const rows: number[][] = [];
      for (const prompt of prompts) {
        const { choices } = await wllama.createCompletion({
          prompt,
          max_tokens: 1,
          temperature: 0,
          ignore_eos: false,
          cache_prompt: true,
          logprobs: vocabulary,
        });
        const found: { id: number; logprob: number }[] = choices[0].logprobs.content[0].top_logprobs;
        const row: number[] = [];
        for (const { id, logprob } of found) row[id] = logprob;
        rows.push(row);
      }
      return rows;
    } catch (error) {
      throw new Error(`${String(error)}\n${said.slice(-8).join('\n')}`);
    } finally {
      await wllama.exit();
    }
  }, work);
}
