/**
 * `npm run -s linnet -- …`: starts the developers' command line (`cli/main.ts`) under this checkout's own
 * Node 22, which strips types. Installs the npm packages first where they are missing.
 */
import { existsSync } from 'node:fs';
import { at, command, run } from './setup/machine.mjs';
import { ensurePackages, tools } from './setup/packages.mjs';

await command(async () => {
  // Standard output belongs to the command line: `--json` prints one object and nothing else.
  if (!existsSync(tools().node)) {
    console.log = console.error;
    await ensurePackages();
  }
  const args = [
    '--disable-warning=ExperimentalWarning',
    '--import',
    at('scripts/raw-loader.mjs'),
    at('cli/main.ts'),
  ];
  // `npm run` starts in the checkout; paths in the arguments are meant from where the user stands.
  const cwd = process.env.INIT_CWD ?? process.cwd();
  const { code } = await run(tools().node, [...args, ...process.argv.slice(2)], { cwd });
  return code;
});
