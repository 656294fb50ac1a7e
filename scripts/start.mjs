/**
 * `npm start`: from a fresh clone to a Chromium with Linnet in it and an article to try it on.
 *
 *     npm start                           a window, with a profile that stays in .cache/profile
 *     npm start -- --fresh                the same on a new profile
 *     npm start -- --real                 with a published model in it, SmolLM2 135M (98 MB, brought by `npm run weights`)
 *     npm start -- --headless             no window: tries the main job and takes a picture
 *     npm start -- --screenshot FILE      the same, the picture goes to FILE
 *
 * Plain JavaScript on Node 20: it installs and builds; `start/open.ts` then serves and opens.
 */
import { existsSync, rmSync } from 'node:fs';
import { ensureChromium } from './setup/chromium.mjs';
import { at, command, Missing, onPath, run } from './setup/machine.mjs';
import { ensurePackages, tools } from './setup/packages.mjs';
import { bringModels } from './weights/bring.mjs';
import { publishedModel, weightsFile, weightsFolder } from './weights/published.mjs';

/** What `--real` opens the browser with: the smallest published model that answers questions. */
const REAL = 'smollm2-135m-instruct';

await command(async () => {
  const words = process.argv.slice(2);
  const picture = words.includes('--screenshot') ? words[words.indexOf('--screenshot') + 1] : undefined;
  if (words.includes('--screenshot') && picture === undefined) {
    throw new Missing('--screenshot needs the name of a file: npm start -- --screenshot linnet.png');
  }
  const unknown = words.find(
    (word) => !['--headless', '--fresh', '--real', '--screenshot', picture].includes(word),
  );
  if (unknown !== undefined) {
    throw new Missing(`There is no option ${unknown}: use --fresh, --real, --headless or --screenshot FILE.`);
  }

  const real = words.includes('--real');
  if (real && weightsFile(REAL) === undefined) await bringModels([publishedModel(REAL)], weightsFolder());
  await ensurePackages();
  const chromium = await ensureChromium();
  const { node, wxt } = tools();
  console.log('Building Linnet …');
  const build = await run(node, [wxt, 'build'], { quiet: true, timeout: 300_000 });
  if (build.code !== 0) throw new Missing(`The extension did not build:\n${build.output}`);
  if (words.includes('--fresh')) rmSync(at('.cache/profile'), { recursive: true, force: true });

  const args = [at('scripts/start/open.ts'), ...(real ? ['--model', weightsFile(REAL) ?? ''] : [])];
  const env = { LINNET_CHROMIUM: chromium };
  const alone = words.includes('--headless') || picture !== undefined;
  const display = process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
  if (display && !alone) return (await run(node, args, { env })).code;

  if (!alone)
    console.log('There is no display here: Linnet runs its main job without a window and takes a picture.');
  args.push('--picture', picture ?? at('.cache/start.png'));
  const virtual = words.includes('--headless') || display ? undefined : onPath('xvfb-run');
  if (virtual !== undefined && existsSync(virtual)) {
    return (await run(virtual, ['-a', node, ...args], { env: { ...env, LINNET_HEADED: '1' } })).code;
  }
  return (await run(node, args, { env })).code;
});
