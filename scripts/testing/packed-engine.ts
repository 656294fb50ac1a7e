/**
 * The engine as a stranger gets it: packed by npm, and installed into an empty folder with the files of `examples/`. Nothing
 * comes from the network: the dependencies and Dawn are those of the checkout.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at, isWindows } from '../setup/machine.mjs';

interface PackageFacts {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Returns the folder, which the caller removes. */
export function installPackedEngine(): string {
  const folder = mkdtempSync(join(tmpdir(), 'packed-engine-'));
  npm(at('.'), 'pack', '-w', 'engine', '--pack-destination', folder);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  const { name, dependencies } = JSON.parse(readFileSync(at('engine/package.json'), 'utf8')) as PackageFacts;
  const local = Object.keys(dependencies).map((each) => [each, `file:${at('node_modules', each)}`]);
  const wanted = { [name]: `file:./${tarball}`, ...Object.fromEntries(local) };
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, type: 'module', dependencies: wanted }),
  );
  npm(folder, 'install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund');
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(at('node_modules/webgpu'), join(folder, 'node_modules/webgpu'), 'junction');
  cpSync(at('examples'), folder, { recursive: true });
  return folder;
}

function npm(cwd: string, ...args: string[]): void {
  const { status, stdout, stderr } = spawnSync(isWindows ? 'npm.cmd' : 'npm', [...args, '--loglevel=error'], {
    cwd,
    encoding: 'utf8',
    shell: isWindows,
  });
  if (status !== 0) throw new Error(`npm ${args[0]} in ${cwd} failed:\n${stdout}\n${stderr}`);
}
