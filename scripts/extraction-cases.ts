/**
 * `npm run -s extraction -- --cases`: reads the pages of ../shared/cases/pages in Chromium with the built reader (`npm run
 * build`) and prints what is not as a person expects it (testing/reading-cases.ts).
 */
import { chromium } from 'playwright/test';
import { ensureChromium } from './setup/chromium.mjs';
import { isRoot } from './setup/machine.mjs';
import { casesAbsent, readCases } from './testing/read-cases.ts';

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
    const rows = await readCases(await browser.newPage());
    for (const { file, by, faults } of rows)
      console.log(
        `${faults.length === 0 ? 'right' : 'wrong'}  ${file.padEnd(32)} ${by.padEnd(14)} ${faults.join('; ')}`,
      );
    console.log(`${rows.filter(({ faults }) => faults.length === 0).length} of ${rows.length} are right`);
  } finally {
    await browser.close();
  }
}
