/**
 * `npm run -s extraction -- --cases`: opens the pages of ../shared/cases/pages in Chromium and prints what is not as a person
 * expects it. They are read with the built reader (`npm run build`; testing/reading-cases.ts) and translated in both views
 * without a model (e2e/cases/translate-cases.ts). `--translation` does the second alone.
 */
import { chromium } from 'playwright/test';
import { ensureChromium } from './setup/chromium.mjs';
import { isRoot } from './setup/machine.mjs';
import { casesAbsent, readCases } from './testing/read-cases.ts';
import { translateCases } from '../e2e/cases/translate-cases.ts';

export async function printCases(): Promise<void> {
  const absent = casesAbsent();
  if (absent !== undefined) {
    console.log(`skipped: ${absent}`);
    return;
  }
  const browser = await chromium.launch({
    executablePath: await ensureChromium(),
    chromiumSandbox: !isRoot,
  });
  try {
    const page = await browser.newPage();
    const read = process.argv.includes('--translation') ? [] : await readCases(page);
    const translated = await translateCases(page);
    const rows = [...read, ...translated.map((row) => ({ ...row, by: `view ${row.view}` }))];
    for (const { file, by, faults } of rows)
      console.log(
        `${faults.length === 0 ? 'right' : 'wrong'}  ${file.padEnd(32)} ${by.padEnd(16)} ${faults.join('; ')}`,
      );
    console.log(`${rows.filter(({ faults }) => faults.length === 0).length} of ${rows.length} are right`);
  } finally {
    await browser.close();
  }
}
