/**
 * A user's stories in a real Chromium with the built extension (`e2e/harness` opens it).
 * `npm test -- e2e` builds first; `npx playwright test popup` alone takes what lies in `.output`.
 */
import { defineConfig } from 'playwright/test';

export default defineConfig<{ onPhone: boolean }>({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results/e2e',
  projects: [
    { name: 'desktop' },
    // The same stories where a browser lacks what those on phones do, in tabs of a phone's size: in every run those with the
    // tag @phone, by `LINNET_PHONE=all npx playwright test --project=phone` all. What is only there is in phone*.spec.ts;
    // not there: shortcuts, a keyboard that is always at hand, a side panel, a package's budget.
    {
      name: 'phone',
      testIgnore: '**/{phone,phone-reading,panel,package,counter,pace,demo,everywhere,store,harness}.spec.ts',
      ...(process.env.LINNET_PHONE === 'all'
        ? { grepInvert: [/the shortcut/, /the menu translates/, /menus go by keyboard/] }
        : { grep: /@phone/ }),
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
