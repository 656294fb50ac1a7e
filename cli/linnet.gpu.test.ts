/** Tests the command line on a GPU: the contents of its JSON output. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { describeWithAssets } from '../scripts/testing/assets.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const adapter = process.env.LINNET_ADAPTER ?? 'swiftshader';
const scratch = mkdtempSync(join(tmpdir(), 'linnet-cli-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function json(...args: string[]): Record<string, unknown> {
  const hook = ['--disable-warning=ExperimentalWarning', '--import', join(root, 'scripts/raw-loader.mjs')];
  const given = [...hook, join(root, 'cli/main.ts'), ...args, '--adapter', adapter, '--json'];
  const done = spawnSync(join(root, 'node_modules/.bin/node'), given, { encoding: 'utf8' });
  expect(done.status, done.stderr).toBe(0);
  return JSON.parse(done.stdout);
}

interface Drafted {
  readonly draftedTokens: number;
}

describeWithAssets('command line', ['models/stories260K-hf-f32'], (model) => {
  const golden = JSON.parse(readFileSync(`${model}/golden.json`, 'utf8'));
  const exact = ['--model', model as string, '--weights', 'f32', '--activations', 'f32'];

  test('generate prints text, timings, counters and adapter', () => {
    const out = json('generate', ...exact, '--prompt', '', '--max-tokens', '30', '--temperature', '0');
    expect(out.ids).toEqual(golden.bos_greedy_ids.slice(1, 31));
    expect(golden.bos_greedy_text.startsWith(out.text)).toBe(true);
    const number = expect.any(Number);
    expect(out.timings).toEqual({
      prefillTokensPerSecond: number,
      decodeTokensPerSecond: number,
      timeToFirstTokenMs: number,
    });
    expect(out.counters).toEqual({
      steps: number,
      draftedTokens: number,
      acceptedTokens: number,
      forcedTokens: 0,
      dispatchesPerToken: number,
      submitsPerToken: 1,
      createdPerToken: { buffers: 0, bindGroups: 0, pipelines: 0 },
      readbackBytesPerToken: 4,
      jsMsPerToken: number,
      weightBytesReadPerToken: number,
      weightBytes: number,
      cacheBytes: number,
      peakGpuBytes: number,
    });
    expect(out.adapter).toMatchObject({
      name: expect.any(String),
      features: expect.any(Array),
      limits: expect.any(Object),
    });
  });

  test('min-p, repetition penalty and drafts reach the engine', () => {
    const begin = ['generate', ...exact, '--prompt', '', '--max-tokens', '40'];
    const greedy = golden.bos_greedy_ids.slice(1, 41);
    // min-p 1 keeps only the likeliest token.
    const sampled = json(...begin, '--temperature', '2', '--min-p', '1', '--drafts', 'off');
    expect(sampled.ids).toEqual(greedy);
    expect((sampled.counters as Drafted).draftedTokens).toBe(0);
    const penalised = json(...begin, '--repetition-penalty', '1000').ids as number[];
    expect(new Set(greedy).size).toBeLessThan(greedy.length);
    expect(new Set(penalised).size).toBe(penalised.length);
    // Late in the text the model repeats itself, so drafts are found.
    const long = ['generate', ...exact, '--prompt', '', '--max-tokens', '190', '--drafts', 'always'];
    const { ids, counters } = json(...long) as { ids: number[]; counters: Drafted };
    expect(ids).toEqual(golden.bos_greedy_ids.slice(1, 191));
    expect(counters.draftedTokens).toBeGreaterThan(0);
  });

  test('generate renders a dialogue with the chat template', () => {
    const file = join(scratch, 'messages.json');
    writeFileSync(file, JSON.stringify([{ role: 'user', content: 'Once upon a time' }]));
    const out = json('generate', '--model', model as string, '--messages', file, '--max-tokens', '4');
    // The template of this model writes no BOS.
    expect(out.promptIds).toEqual(golden.prompts[0].prompt_ids.slice(1));
  });

  test('logits and perplexity agree with the golden values', () => {
    const { ids, logits } = json('logits', ...exact, '--prompt', 'Once upon a time') as {
      ids: number[];
      logits: number[];
    };
    expect(ids).toEqual(golden.prompts[0].prompt_ids);
    expect(Math.max(...logits.map((x, i) => Math.abs(x - golden.prompts[0].last_logits[i])))).toBeLessThan(
      5e-4,
    );
    const text = join(scratch, 'text.txt');
    writeFileSync(text, golden.prompts[0].greedy_text);
    const p = json('perplexity', ...exact, '--text', text);
    expect(p).toMatchObject({ texts: 1, tokens: expect.any(Number), weights: 'f32' });
    // The text is the model's own greedy output, so its perplexity is low.
    expect(p.perplexity as number).toBeLessThan(2);
  });

  test('inspect lists the kernels of the program', () => {
    expect(json('inspect', ...exact).inspect).toMatch(/program for S = 1: \d+ dispatches/);
  });
});
