/** Tests `run.sh` with a pack whose Node is a two-line shell script, and the checks of the output folder. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { at } from '../../scripts/setup/machine.mjs';
import { compress, filesOf, freshFolder, sizes } from './folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'linnet-pack-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function packed(node: string): Promise<string> {
  const out = join(folder, 'a pack');
  const library = join(folder, 'library');
  writeFileSync(library, 'inside');
  writeFileSync(join(folder, 'node'), node);
  await freshFolder(out);
  await compress(join(folder, 'node'), join(out, 'app/node.gz'));
  await compress(library, join(out, 'app/deep/library.gz'));
  writeFileSync(join(out, 'app/main.mjs'), '');
  copyFileSync(at('bench/pack/run.sh'), join(out, 'run.sh'));
  return out;
}

/** Runs `run.sh` with only the standard tools of Linux and an empty temporary folder. */
function run(out: string, ...args: string[]) {
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const env = { PATH: '/usr/bin:/bin', TMPDIR: temporary };
  const result = spawnSync(join(out, 'run.sh'), args, { env, encoding: 'utf8', cwd: folder });
  return { ...result, left: readdirSync(temporary) };
}

test.skipIf(process.platform !== 'linux')(
  'run.sh unpacks, runs, returns the exit code and cleans up',
  async () => {
    const out = await packed(
      '#!/bin/sh\n[ "$1" = --version ] && exit 0\ncat "$(dirname "$1")/deep/library"; shift; echo ":$#:$2"; exit 3\n',
    );
    const { status, stdout, left } = run(out, '--json', 'my file');
    expect(stdout).toBe('inside:2:my file\n');
    expect(status).toBe(3);
    expect(left).toEqual([]);
  },
);

test.skipIf(process.platform !== 'linux')('run.sh explains what to do if Node does not run', async () => {
  const { status, stderr, left } = run(await packed('#!/bin/sh\nexit 1\n'));
  expect(status).toBe(1);
  expect(stderr).toMatch(/Node does not run in .*README\.md.*TMPDIR/);
  expect(left).toEqual([]);
});

test('sizes are listed, and a folder over the limit is refused', async () => {
  writeFileSync(join(folder, 'small'), new Uint8Array(10_000));
  writeFileSync(join(folder, 'large'), new Uint8Array(50_000));
  const files = filesOf(folder);
  expect(files.map(({ path }) => path)).toEqual(['large', 'small']);
  expect(sizes(files, 60_000)).toContain('0.06 MB  of at most 0.06 MB');
  expect(() => sizes(files, 59_999)).toThrow(/large[\s\S]*exceeds the size limit/);
});

test('only an empty folder or an earlier pack is overwritten', async () => {
  writeFileSync(join(folder, 'letter.txt'), 'mine');
  await expect(freshFolder(folder)).rejects.toThrow('holds other files (letter.txt)');
  writeFileSync(join(folder, 'run.sh'), '');
  await freshFolder(folder);
  expect(readdirSync(folder)).toEqual([]);
});
