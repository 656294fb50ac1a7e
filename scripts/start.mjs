/**
 * `npm start`: from a fresh clone to a Chromium with Linnet in it and an article to try it on.
 *
 *     npm start                           a window, with a profile that stays in .cache/profile
 *     npm start -- --fresh                the same on a new profile
 *     npm start -- --headless             no window: tries the main job and takes a picture
 *     npm start -- --screenshot FILE      the same, the picture goes to FILE
 *
 * Plain JavaScript on Node 20: it installs and builds; `start/open.ts` then serves and opens.
 */
import { existsSync, rmSync } from 'node:fs';
import { ensureChromium } from './setup/chromium.mjs';
import { at, command, Missing, onPath, run } from './setup/machine.mjs';
import { ensurePackages, tools } from './setup/packages.mjs';

await command(async () => {
  const words = process.argv.slice(2);
  const picture = words.includes('--screenshot') ? words[words.indexOf('--screenshot') + 1] : undefined;
  if (words.includes('--screenshot') && picture === undefined) {
    throw new Missing('--screenshot needs the name of a file: npm start -- --screenshot linnet.png');
  }
  const unknown = words.find((word) => !['--headless', '--fresh', '--screenshot', picture].includes(word));
  if (unknown !== undefined) {
    throw new Missing(`There is no option ${unknown}: use --fresh, --headless or --screenshot FILE.`);
  }

  await ensurePackages();
  const chromium = await ensureChromium();
  const { node, wxt } = tools();
  console.log('Building Linnet …');
  const build = await run(node, [wxt, 'build'], { quiet: true, timeout: 300_000 });
  if (build.code !== 0) throw new Missing(`The extension did not build:\n${build.output}`);
  if (words.includes('--fresh')) rmSync(at('.cache/profile'), { recursive: true, force: true });

  const args = [at('scripts/start/open.ts')];
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
