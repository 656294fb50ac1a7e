/**
 * `npm run bench:pack [-- --out DIR]`: creates a folder of at most 60 MB with Node, Dawn and the engine. It runs the
 * benchmark on a Linux machine with a GPU but without network and Node. The folder includes this folder's `README.md`.
 */
import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { at, command, isProgram, Missing } from '../../scripts/setup/machine.mjs';
import { compress, filesOf, freshFolder, sizes } from './folder.ts';

const MAX_BYTES = 60e6;
const DAWN = 'node_modules/webgpu';
const DAWN_PROGRAM = `${DAWN}/dist/linux-x64/dawn.node`;
const NODE = at('node_modules/node/bin/node');

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { out: { type: 'string', default: at('.cache/bench-pack') } } });
  // `npm run` changes to the checkout's folder; resolve the path against the user's working directory.
  const out = resolve(process.env.INIT_CWD ?? '.', values.out);
  if (process.platform !== 'linux' || process.arch !== 'x64' || !isProgram(NODE)) {
    throw new Missing(`A pack contains this machine's Node, so it can only be made on Linux x64.`);
  }
  await freshFolder(out);
  const app = join(out, 'app');
  await bundle(app);
  for (const file of ['package.json', 'index.js', 'LICENSE.md']) await copy(`${DAWN}/${file}`, app);
  await compress(at(DAWN_PROGRAM), join(app, `${DAWN_PROGRAM}.gz`));
  await compress(NODE, join(app, 'node.gz'));
  await copyFile(at('LICENSE'), join(out, 'LICENSE'));
  for (const file of ['run.sh', 'README.md']) await copyFile(at('bench/pack', file), join(out, file));
  await chmod(join(out, 'run.sh'), 0o755);
  process.stdout.write(`${sizes(filesOf(out), MAX_BYTES)}${out}\n`);
  return 0;
}

/** Bundles engine and benchmark into one module. Dawn stays a package, since it loads its library from its folder. */
async function bundle(folder: string): Promise<void> {
  await build({
    configFile: false,
    root: at('.'),
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true, external: ['webgpu'] },
    build: {
      ssr: at('bench/pack/main.ts'),
      outDir: folder,
      target: 'node22',
      rolldownOptions: { output: { entryFileNames: 'main.mjs' } },
    },
  });
}

async function copy(file: string, folder: string): Promise<void> {
  const to = join(folder, file);
  await mkdir(dirname(to), { recursive: true });
  await copyFile(at(file), to);
}

await command(main);
