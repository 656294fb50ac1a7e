/** Runs the command line as a process and checks its output and errors. Needs no GPU. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { describeWithAssets } from '../scripts/testing/assets.ts';
import { readOptions } from './options.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'linnet-cli-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Starts the command line as scripts/linnet.mjs does. */
function linnet(...args: string[]): { code: number | null; out: string; err: string } {
  const hook = ['--disable-warning=ExperimentalWarning', '--import', join(root, 'scripts/raw-loader.mjs')];
  const node = join(root, 'node_modules/.bin/node');
  const done = spawnSync(node, [...hook, join(root, 'cli/main.ts'), ...args], { encoding: 'utf8' });
  return { code: done.status, out: done.stdout, err: done.stderr };
}

test('--help lists commands and options', () => {
  const { code, out } = linnet('--help');
  expect(code).toBe(0);
  for (const word of ['generate', 'logits', 'perplexity', 'inspect', '--messages', '--json'])
    expect(out).toContain(word);
});

test.each([
  ['an unknown command', ['sing'], /request-invalid: linnet, command.*got sing/],
  ['a missing model', ['inspect'], /request-invalid: linnet, --model/],
  [
    'a folder that does not exist',
    ['inspect', '--model', './nowhere'],
    /source-missing: nowhere.*config\.json/,
  ],
])('%s: one message on standard error, exit code 1', (_, args, message) => {
  const { code, out, err } = linnet(...args);
  expect(code).toBe(1);
  expect(out).toBe('');
  expect(err).toMatch(message);
  expect(err).not.toMatch(/^\s+at /m);
  expect(err.trimEnd().split('\n')).toHaveLength(2);
});

// In this process: how an error is printed does not depend on the option.
test.each([
  ['an unknown option', ['inspect', '--loud'], /--loud/],
  ['an unknown adapter', ['inspect', '--model', '.', '--adapter', 'abacus'], /--adapter.*got abacus/],
  ['an invalid number', ['inspect', '--model', '.', '--capacity', 'x'], /--capacity.*got x/],
  ['an unknown cache type', ['inspect', '--model', '.', '--cache', 'q4'], /--cache.*plain, q8, got q4/],
  ['an unknown drafts mode', ['generate', '--drafts', 'some'], /--drafts.*auto, always, off.*got some/],
])('%s is refused by name', (_, args, message) => {
  const refused = { code: 'request-invalid', message: expect.stringMatching(message) };
  expect(() => readOptions(args)).toThrow(expect.objectContaining(refused));
});

test('the error names the damaged file of a checkpoint', () => {
  writeFileSync(join(scratch, 'config.json'), '{"model_type": "llama"');
  const { code, err } = linnet('inspect', '--model', scratch);
  expect(code).toBe(1);
  expect(err).toMatch(/checkpoint-damaged: config\.json/);
});

describeWithAssets('with a model', ['models/stories260K-hf-sharded'], (model) => {
  test('inspect prints graph, passes and memory plan with symbolic sizes, without a GPU', () => {
    const { code, out } = linnet('inspect', '--model', model as string);
    expect(code).toBe(0);
    expect(out).toMatch(/graph llama \(S 1…128, P 0…511, C 1…512\)/);
    expect(out).toMatch(/slot 0: .*S.* bytes, at most \d+/);
    const json = linnet('inspect', '--model', model as string, '--cache', 'q8', '--json').out;
    const { inspect } = JSON.parse(json);
    expect(inspect).toContain('graph llama');
    expect(inspect).toMatch(/cache .* bytes \(at most \d+\), q8/);
    expect(inspect).toContain('state layers.0.k_cache kv8/8[C, 32]');
  });

  test('import stores a model, and models lists it', () => {
    const store = join(scratch, 'store');
    const one = JSON.parse(linnet('import', '--model', model as string, '--store', store, '--json').out);
    expect(one.models).toMatchObject([
      { id: 'stories260k-hf-sharded', weights: 'm0e4+q8-head', contextLength: 512 },
    ]);
    expect(linnet('models', '--store', store).out).toMatch(
      /^stories260k-hf-sharded {2}m0e4\+q8-head {2}0\.2 MB/,
    );
  });

  test('convert writes a folder that can be imported, and refuses a folder that is not empty', () => {
    const out = join(scratch, 'published');
    const args = ['--model', model as string, '--name', 'Stories', '--weights', 'f16'];
    const done = linnet('convert', ...args, '--out', out, '--json');
    expect(done.err).toBe('');
    expect(JSON.parse(done.out).models).toMatchObject([{ name: 'Stories', weights: 'f16' }]);
    expect(readdirSync(out)).toEqual(expect.arrayContaining(['config.json', 'manifest.json', 'weights.bin']));
    expect(readdirSync(out)).not.toContain('import.jsonl');
    const store = join(scratch, 'from-published');
    const back = JSON.parse(linnet('import', '--model', out, '--store', store, '--json').out);
    expect(back.models).toMatchObject([{ id: 'stories', weights: 'f16' }]);
    const again = linnet('convert', ...args, '--out', out);
    expect(again.code).toBe(1);
    expect(again.err).toMatch(/request-invalid.*not empty/);
  });
});
