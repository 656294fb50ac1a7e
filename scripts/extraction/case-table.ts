/**
 * `npm run -s extraction -- --cases`: opens every page of ../shared/cases/pages in the built extension (`npm run build`), on
 * a desktop and in the copy for phones, and prints what is not as a person expects it. Three ways:
 *
 * - `read`: with the built reader (testing/reading-cases.ts),
 * - `both`, `translation`: translated in that view, without a model (e2e/cases/translation-cases.ts),
 * - `bubble`: selected, offered and opened (e2e/cases/bubble-cases.ts).
 *
 * `--desktop` and `--phone` run one of the two, `--read`, `--translate` and `--bubble` one of the ways.
 */
import { readdirSync, rmSync } from 'node:fs';
import { LinnetBrowser } from '../../e2e/harness/browser.ts';
import { maskedExtension, PHONE_LACKS } from '../../e2e/harness/copies.ts';
import { defaults } from '../../e2e/harness/launch-options.ts';
import { tryBubble } from '../../e2e/cases/bubble-cases.ts';
import { translateCases } from '../../e2e/cases/translate-cases.ts';
import { ensureChromium } from '../setup/chromium.mjs';
import { at } from '../setup/machine.mjs';
import { casesAbsent, readCases } from '../testing/read-cases.ts';

interface Row {
  readonly file: string;
  readonly build: string;
  readonly way: string;
  readonly faults: readonly string[];
}

const wants = (...flags: readonly string[]): boolean => {
  const given = flags.filter((flag) => process.argv.includes(`--${flag}`));
  return given.length > 0;
};
const WAYS = ['read', 'translate', 'bubble'] as const;
const BUILDS = ['desktop', 'phone'] as const;
const chosen = <T extends string>(all: readonly T[]): readonly T[] =>
  wants(...all) ? all.filter((one) => wants(one)) : all;

export async function printCases(): Promise<void> {
  const absent = casesAbsent();
  if (absent !== undefined) {
    console.log(`skipped: ${absent}`);
    return;
  }
  process.env.LINNET_CHROMIUM ??= await ensureChromium();
  const rows: Row[] = [];
  for (const build of chosen(BUILDS)) {
    const extension = build === 'phone' ? maskedExtension(PHONE_LACKS) : defaults.extension;
    const onPhone = build === 'phone';
    const linnet = new LinnetBrowser({ ...defaults, extension, touch: onPhone, small: onPhone });
    try {
      await linnet.launch();
      for (const way of chosen(WAYS))
        for (const row of await rowsOf(linnet, way)) {
          rows.push({ ...row, build });
          print({ ...row, build });
        }
    } finally {
      await linnet.close();
      if (onPhone) rmSync(extension, { recursive: true, force: true });
    }
  }
  const missing = readdirSync(at('../shared/cases/pages')).filter((file) =>
    chosen(BUILDS).some((build) => !rows.some((row) => row.file === file && row.build === build)),
  );
  if (!wants(...WAYS)) for (const file of missing) console.log(`wrong  ${file} has no row`);
  const right = rows.filter(({ faults }) => faults.length === 0).length;
  console.log(`${right} of ${rows.length} are right`);
  if (right < rows.length || (missing.length > 0 && !wants(...WAYS))) process.exitCode = 1;
}

async function rowsOf(linnet: LinnetBrowser, way: (typeof WAYS)[number]): Promise<Omit<Row, 'build'>[]> {
  if (way === 'bubble') {
    const rows = await tryBubble(
      () => linnet.open('about:blank'),
      (page) => linnet.openPopup(page),
    );
    return rows.map((row) => ({ ...row, way }));
  }
  const page = await linnet.open('about:blank');
  const rows =
    way === 'read'
      ? (await readCases(page)).map(({ by, ...row }) => ({ ...row, way: `read: ${by}` }))
      : [...(await translateCases(page, 'both')), ...(await translateCases(page, 'translation'))].map(
          ({ view, ...row }) => ({ ...row, way: view }),
        );
  await page.close();
  return rows;
}

const print = ({ file, build, way, faults }: Row): void =>
  console.log(
    `${faults.length === 0 ? 'right' : 'wrong'}  ${file.padEnd(32)} ${build.padEnd(8)} ${way.padEnd(18)} ${faults.join('; ')}`,
  );
