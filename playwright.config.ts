/**
 * A user's stories in a real Chromium with the built extension (`e2e/harness` opens it).
 * `npm test -- e2e` builds first; `npx playwright test popup` alone takes what lies in `.output`.
 */
import { defineConfig } from 'playwright/test';
import { givenSlowness } from './scripts/testing/speed.mjs';

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
  // Every browser has its own GPU in software, which takes all cores while it computes; while one waits, others compute.
  workers: Number(process.env.LINNET_WORKERS ?? 3),
  fullyParallel: false,
  forbidOnly: process.env.CI === 'true',
  // A story that passes only at the second try hides a fault.
  retries: 0,
  // Limits end what hangs, on a machine of any speed. A story takes 3 to 30 seconds on two idle cores.
  timeout: 400_000 * givenSlowness(),
  expect: { timeout: 150_000 * givenSlowness() },
  reporter: 'list',
});
