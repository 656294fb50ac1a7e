/**
 * Sets up lavapipe, Mesa's Vulkan driver in software, as an adapter with f16 for Node and for Chromium.
 *
 * What it does, on Debian 12 or 13 as root:
 * - Installs by name those of the Debian packages chromium, mesa-vulkan-drivers, libvulkan1, gcc and libc6-dev that are
 *   absent. It changes nothing else in the system.
 * - Takes Mesa 25 or newer, since older versions of lavapipe have no f16: from Debian 13 itself, on Debian 12 from its
 *   suite for backports on the same mirror. The packages are unpacked into the given folder and not installed, so that
 *   the rest of the system keeps its Mesa.
 * - Copies Chromium (by hard links where the disk allows it) and replaces SwiftShader in the copy by `vendor-id.c`, which
 *   forwards to lavapipe: Chromium accepts no other software GPU.
 *
 * What it leaves, in the folder (`.cache/lavapipe`):
 * - `mesa/`: the unpacked packages. `chromium/`: the copy. `apt/`: the package lists of the backports.
 * - `lvp.json`: the manifest for the Vulkan loader. It is written last, so that an interrupted setup is repeated.
 *
 * To undo it, delete the folder, and `apt-get remove` the packages above if nothing else needs them.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { aptInstall, at, isDebianRoot, lastLines, Missing, run } from '../machine.mjs';

/** The first version of Mesa whose lavapipe has f16 for certain. */
const oldestMesa = 25;
const packages = ['chromium', 'mesa-vulkan-drivers', 'libvulkan1', 'gcc', 'libc6-dev'];
/** Debian's own Chromium; `/usr/bin/chromium` is a script that starts it. */
const systemChromium = '/usr/lib/chromium';

/**
 * @param {string} folder absolute
 * @returns {Promise<string | undefined>} a sentence with the reason if it is not possible here
 */
export async function setUpLavapipe(folder) {
  if (!(await isDebianRoot())) {
    return 'lavapipe, the software GPU with f16, is set up on Debian only, by root (scripts/setup/lavapipe/setup.mjs)';
  }
  try {
    await installPackages();
    mkdirSync(folder, { recursive: true });
    await unpackMesa(folder);
    const driver = findDriver(join(folder, 'mesa'));
    await checkLibraries(driver);
    await copyChromium(join(folder, 'chromium'), driver);
    writeManifest(join(folder, 'lvp.json'), driver);
    return undefined;
  } catch (error) {
    if (error instanceof Missing) return `lavapipe could not be set up: ${error.message}`;
    throw error;
  }
}

async function installPackages() {
  const absent = [];
  for (const name of packages) {
    const { code, output } = await run('dpkg', ['-s', name], { quiet: true });
    if (code !== 0 || !/^Status: .* installed$/m.test(output)) absent.push(name);
  }
  if (absent.length === 0) return;
  console.log(`lavapipe: installing ${absent.join(', ')} …`);
  const { code, output } = await aptInstall(...absent);
  if (code !== 0) throw new Missing(`apt-get install ${absent.join(' ')} failed: ${oneLine(output)}`);
}

/**
 * Downloads and unpacks Mesa's drivers, and the libdrm that they were built with.
 * @param {string} folder
 */
async function unpackMesa(folder) {
  const apt = join(folder, 'apt');
  rmSync(apt, { recursive: true, force: true });
  for (const inner of ['lists/partial', 'archives/partial', 'sources', 'packages']) {
    mkdirSync(join(apt, inner), { recursive: true });
  }
  const own = (await candidateMajor()) >= oldestMesa;
  const { options, suffix } = own ? await ownRelease() : await backports(apt);
  const wanted = ['mesa-vulkan-drivers', 'libdrm2'].map((name) => name + suffix);
  // `apt-get download` writes into the working folder.
  await must('apt-get', [...options, 'download', ...wanted], { cwd: join(apt, 'packages') });
  rmSync(join(folder, 'mesa'), { recursive: true, force: true });
  for (const file of readdirSync(join(apt, 'packages'))) {
    await must('dpkg', ['-x', join(apt, 'packages', file), join(folder, 'mesa')]);
  }
}

/** The major version of Mesa that this Debian offers. */
async function candidateMajor() {
  const { output } = await run('apt-cache', ['policy', 'mesa-vulkan-drivers'], {
    quiet: true,
    env: { LC_ALL: 'C' },
  });
  return Number(/Candidate: (?:\d+:)?(\d+)/.exec(output)?.[1] ?? 0);
}

async function ownRelease() {
  await must('apt-get', ['update', '-qq']);
  return { options: ['-o', rootReads], suffix: '' };
}

/** The checkout may be in a folder that apt's own user cannot read. */
const rootReads = 'APT::Sandbox::User=root';

/**
 * Options that make apt-get read this Debian's backports alone, with lists in a folder of their own. The mirror is the
 * one that the machine takes its packages from.
 * @param {string} apt
 */
async function backports(apt) {
  const codename = /^VERSION_CODENAME="?(\w+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  if (codename === undefined) throw new Missing('/etc/os-release does not name the Debian release');
  const { output } = await run(
    'apt-get',
    ['indextargets', '--format', '$(RELEASE) $(COMPONENT) $(REPO_URI)', 'Created-By: Packages'],
    { quiet: true },
  );
  const mirror = output
    .split('\n')
    .map((line) => line.split(' '))
    .find(([release, component]) => release === codename && component === 'main')?.[2];
  if (mirror === undefined) throw new Missing(`no package source of Debian ${codename} is configured`);
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const source = `deb [signed-by=${keyring}] ${mirror} ${codename}-backports main\n`;
  writeFileSync(join(apt, 'sources/backports.list'), source);
  const settings = {
    'Dir::Etc::sourcelist': '/dev/null',
    'Dir::Etc::sourceparts': join(apt, 'sources'),
    'Dir::State::lists': join(apt, 'lists'),
    'Dir::Cache::archives': join(apt, 'archives'),
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  options.push('-o', rootReads);
  await must('apt-get', [...options, 'update', '-qq']);
  return { options, suffix: `/${codename}-backports` };
}

/** The driver's library, in the folder of this machine's architecture. @param {string} mesa */
function findDriver(mesa) {
  const libraries = join(mesa, 'usr/lib');
  const found = existsSync(libraries)
    ? readdirSync(libraries).map((architecture) => join(libraries, architecture, 'libvulkan_lvp.so'))
    : [];
  const driver = found.find((file) => existsSync(file));
  if (driver === undefined) throw new Missing('the package mesa-vulkan-drivers has no libvulkan_lvp.so');
  return driver;
}

/** The system has the libraries that the unpacked driver needs: its own Mesa needs the same. @param {string} driver */
async function checkLibraries(driver) {
  const { output } = await run('ldd', [driver], { quiet: true });
  const absent = [...output.matchAll(/(\S+) => not found/g)].map(([, name]) => name);
  if (absent.length > 0) throw new Missing(`its driver needs ${absent.join(', ')}, which is not installed`);
}

/**
 * @param {string} copy
 * @param {string} driver
 */
async function copyChromium(copy, driver) {
  const library = 'libvk_swiftshader.so';
  const original = 'libvk_swiftshader_original.so';
  const manifest = 'vk_swiftshader_icd.json';
  if (!existsSync(join(systemChromium, library))) {
    throw new Missing(`${systemChromium} has no ${library}, which Debian's Chromium has`);
  }
  rmSync(copy, { recursive: true, force: true });
  const linked = await run('cp', ['-al', systemChromium, copy], { quiet: true });
  if (linked.code !== 0) {
    rmSync(copy, { recursive: true, force: true });
    cpSync(systemChromium, copy, { recursive: true, verbatimSymlinks: true });
  }
  // Chromium draws pages on SwiftShader, by this manifest. Files are replaced and not written to: they may be links.
  renameSync(join(copy, library), join(copy, original));
  const redirected = readFileSync(join(systemChromium, manifest), 'utf8').replace(library, original);
  rmSync(join(copy, manifest));
  writeFileSync(join(copy, manifest), redirected);
  const source = at('scripts/setup/lavapipe/vendor-id.c');
  const flags = ['-O2', '-Wall', '-shared', '-fPIC', '-fvisibility=hidden', `-DDRIVER="${driver}"`];
  await must('gcc', [...flags, '-o', join(copy, library), source, '-ldl']);
}

/**
 * @param {string} file
 * @param {string} driver
 */
function writeManifest(file, driver) {
  const manifest = { file_format_version: '1.0.1', ICD: { library_path: driver, api_version: '1.4.305' } };
  writeFileSync(`${file}.part`, JSON.stringify(manifest));
  renameSync(`${file}.part`, file);
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {import('../machine.mjs').RunOptions} [options]
 */
async function must(program, args, options = {}) {
  const { code, output } = await run(program, args, { quiet: true, ...options });
  if (code !== 0) throw new Missing(`${program} ${args.at(-1)} failed: ${oneLine(output)}`);
}

/** @param {string} output */
const oneLine = (output) => lastLines(output, 2).replaceAll('\n', ' ');

/** Runs for `node scripts/setup/lavapipe/setup.mjs`. */
if (process.argv[1]?.endsWith('lavapipe/setup.mjs')) {
  const missing = await setUpLavapipe(at('.cache/lavapipe'));
  console.log(missing ?? 'lavapipe is in .cache/lavapipe');
  process.exitCode = missing === undefined ? 0 : 1;
}
