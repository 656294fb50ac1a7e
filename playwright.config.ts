/**
 * A user's stories in a real Chromium with the built extension (`e2e/harness` opens it).
 * `npm test -- e2e` builds first; `npx playwright test popup` alone uses the build in `.output`.
 */
import { defineConfig } from 'playwright/test';
import { givenSlowness } from './scripts/testing/speed.mjs';

export default defineConfig<{ onPhone: boolean; ownBrowser: boolean }>({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  // Two suites of `npm test` run beside each other; each begins by emptying its folder.
  outputDir: `test-results/${process.env.LINNET_SUITE ?? 'e2e'}`,
  projects: [
    { name: 'desktop' },
    // The same stories in a browser without the APIs that phones lack, in tabs of a phone's size: those with the tag
    // @phone in every run but for rare ones, all with `LINNET_PHONE=all LINNET_ALL=1 npx playwright test --project=phone`. Stories that only phones have
    // are in phone*.spec.ts. Excluded: shortcuts, a keyboard that is always there, the side panel, the package's budget.
    {
      name: 'phone',
      testIgnore: '**/{phone,phone-reading,panel,package,counter,pace,demo,everywhere,store,harness}.spec.ts',
      ...(process.env.LINNET_PHONE === 'all'
        ? { grepInvert: [/the shortcut/, /the menu translates/, /menus work by keyboard/] }
        : { grep: /@phone/ }),
      // The engine's tab, which such a browser opens by itself, does not survive a reset between stories reliably.
      use: { onPhone: true, ownBrowser: true },
    },
  ],
  // Every browser has its own GPU in software, which takes all cores while it computes; while one waits, another computes.
  // Three are 15 % faster, but with three, two phone stories once stopped for good.
  workers: Number(process.env.LINNET_WORKERS ?? 2),
  fullyParallel: false,
  forbidOnly: process.env.CI === 'true',
  // A story that failed is told once more in a new browser. If it passes then, `npm test` lists it by name at its end: a
  // race of one story on a busy machine hides neither itself nor what the other stories showed.
  retries: 1,
  // Limits end what hangs, on a machine of any speed. A story takes 3 to 30 seconds on two idle cores.
  timeout: 400_000 * givenSlowness(),
  expect: { timeout: 150_000 * givenSlowness() },
  reporter: 'list',
});
