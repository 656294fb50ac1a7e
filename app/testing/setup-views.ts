/**
 * Setup of the unit tests of views, run before each file: all English texts, which pages of the extension load before they
 * draw, and an end without leftovers, since files may share a process.
 */
import { afterAll, afterEach, vi } from 'vitest';
import { en } from '../i18n/en.ts';
import { useTexts } from '../i18n/index.ts';
import { cleanUps } from './clean-ups.ts';

useTexts('en', en);

afterEach(async () => {
  for (const cleanUp of cleanUps) await cleanUp();
});

afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});
