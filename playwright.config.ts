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
    // By `npx playwright test --project=phone`, as it takes some six minutes: the same stories once more where a browser
    // lacks what those on phones do. What is told in every run: phone*.spec.ts.
    {
      name: 'phone',
      testIgnore: '**/{phone,phone-reading,panel,package,counter,pace,demo,everywhere,harness}.spec.ts',
      grepInvert: /the shortcut|menus go by keyboard|full disk/,
      use: { onPhone: true },
    },
  ],
  // Every browser brings its own GPU in software, which takes all cores.
  workers: 1,
  fullyParallel: false,
  forbidOnly: process.env.CI === 'true',
  // A story that passes only at the second try is not told well.
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
});
