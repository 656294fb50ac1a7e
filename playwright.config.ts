/**
 * A user's stories in a real Chromium with the built extension (`e2e/harness` opens it).
 * `npm test -- e2e` builds first; `npx playwright test popup` alone takes what lies in `.output`.
 */
import { defineConfig } from 'playwright/test';

const NOT_ON_PHONES = [/the shortcut/, /the menu translates/, /menus go by keyboard/];

export default defineConfig<{ onPhone: boolean }>({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results/e2e',
  projects: [
    { name: 'desktop' },
    // The same stories once more where a browser lacks what those on phones do, in tabs of a phone's size. What is only
    // there: phone*.spec.ts. Not there: shortcuts, a keyboard that is always at hand, a side panel, a budget of a package.
    // Long stories are told there on demand, by `LINNET_LONG=1 npx playwright test --project=phone`.
    {
      name: 'phone',
      testIgnore: '**/{phone,phone-reading,panel,package,counter,pace,demo,everywhere,harness}.spec.ts',
      grepInvert: process.env.LINNET_LONG === '1' ? NOT_ON_PHONES : [...NOT_ON_PHONES, /@long/],
      use: { onPhone: true },
    },
  ],
  // Every browser brings its own GPU in software, which takes all cores; but while one browser starts, another computes.
  workers: 2,
  fullyParallel: false,
  forbidOnly: process.env.CI === 'true',
  // A story that passes only at the second try is not told well.
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
});
