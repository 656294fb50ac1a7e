/**
 * `npm run -s lint:package`: builds the packages for Chromium and for Firefox and lints both with `web-ext lint`, as
 * addons.mozilla.org does. It prints what was found and fails on everything that is not explained here.
 *
 * The package for Firefox must be without any finding. web-ext knows only Firefox, so in the one for Chromium it warns of
 * what only Chromium has. Each such warning is listed below with its reason, and one that no longer occurs is an
 * error too, so that the list stays up to date. Plain JavaScript on Node 20: it installs web-ext first (`package.json` beside it).
 */
import { at, command, lastLines, Missing, run } from '../setup/machine.mjs';
import { ensureExtraPackages, ensurePackages, tools } from '../setup/packages.mjs';

const folder = 'scripts/web-ext';

/** Expected findings in the package for Chromium: code, a part of the message, the reason. */
const chromiumOnly = [
  [
    'BACKGROUND_SERVICE_WORKER_IGNORED',
    'service_worker',
    'Chromium runs it; the same script stands beside it for browsers with event pages',
  ],
  ['MANIFEST_PERMISSIONS', '"offscreen"', 'the engine’s document in Chromium; a pinned tab elsewhere'],
  [
    'MANIFEST_PERMISSIONS',
    '"sidePanel"',
    'Chromium’s panel; Firefox has `sidebar_action` without a permission',
  ],
];

const builds = [
  { browser: 'chrome', folder: '.output/chrome-mv3', explained: chromiumOnly },
  { browser: 'firefox', folder: '.output/firefox-mv3', explained: [] },
];

/** @typedef {{ _type: string, code: string, message: string, file?: string, line?: number }} Finding */

await command(async () => {
  await ensurePackages();
  await ensureExtraPackages(folder);
  let wrong = 0;
  for (const build of builds) wrong += await check(build);
  return wrong === 0 ? 0 : 1;
});

/**
 * Returns how many findings have no explanation, and how many explanations match no finding.
 * @param {(typeof builds)[number]} build
 */
async function check(build) {
  const { node, wxt } = tools();
  const built = await run(node, [wxt, 'build', '-b', build.browser], { quiet: true, timeout: 300_000 });
  if (built.code !== 0) throw new Missing(`${build.folder} did not build:\n${lastLines(built.output)}`);
  const findings = await lint(build.folder);
  const left = [...build.explained];
  let unexplained = 0;
  for (const { _type, code, message, file, line } of findings) {
    const index = left.findIndex(([known, part]) => known === code && message.includes(part ?? ''));
    const [known] = index < 0 ? [] : left.splice(index, 1);
    unexplained += known === undefined ? 1 : 0;
    const place = [file, line].filter((part) => part !== undefined).join(':');
    console.log(`  ${known === undefined ? '✗' : '–'} ${_type} ${code} ${place}\n    ${message}`);
    if (known !== undefined) console.log(`    Expected: ${known[2]}.`);
  }
  for (const [code, part] of left)
    console.log(`  ✗ ${code} (${part}) is explained but no longer found: remove it`);
  console.log(
    `${build.folder}: ${findings.length} findings, ${unexplained} to be mended, ${left.length} explained in vain`,
  );
  return unexplained + left.length;
}

/**
 * @param {string} source
 * @returns {Promise<Finding[]>}
 */
async function lint(source) {
  const webExt = at(folder, 'node_modules/web-ext/bin/web-ext.js');
  const options = ['--source-dir', at(source), '--output', 'json', '--no-config-discovery'];
  const { output } = await run(tools().node, [webExt, 'lint', ...options], { quiet: true, timeout: 120_000 });
  const json = output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1);
  try {
    const { errors, warnings, notices } = JSON.parse(json);
    return [...errors, ...warnings, ...notices];
  } catch {
    throw new Missing(`web-ext did not answer:\n${lastLines(output)}`);
  }
}
