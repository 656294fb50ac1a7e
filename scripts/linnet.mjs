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
  /** @type {Buffer[]} */
  const said = [];
  const json = process.argv.includes('--json');
  // `npm run` starts in the checkout; paths in the arguments are relative to the user's folder.
  const cwd = process.env.INIT_CWD ?? process.cwd();
  const { code } = await run(tools().node, [...args, ...process.argv.slice(2)], {
    cwd,
    ...(json ? { onStdout: (data) => said.push(data) } : {}),
  });
  // Dawn prints its messages to standard output too; our object is one line.
  for (const line of Buffer.concat(said).toString().split('\n')) {
    if (line !== '') (line.startsWith('{') ? process.stdout : process.stderr).write(`${line}\n`);
  }
  return code;
});
