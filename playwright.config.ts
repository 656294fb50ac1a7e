/**
 * A user's stories in a real Chromium with the built extension (`e2e/harness` opens it).
 * `npm test -- e2e` builds first; `npx playwright test popup` alone takes what lies in `.output`.
 */
import { defineConfig } from 'playwright/test';
import { phone } from './e2e/harness/index.ts';

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results/e2e',
  projects: [
    { name: 'desktop' },
    // The same stories once more where a browser lacks what those on phones do. What is only there: phone*.spec.ts.
    {
      name: 'phone',
      testMatch: '**/{bubble,chat,chats,getting,glossary,import,negative,points,summarise,translate}.spec.ts',
      use: phone,
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
