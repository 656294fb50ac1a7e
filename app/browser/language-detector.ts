/** The browser's language detector, which runs on the device. */
import { browser } from 'wxt/browser';
import type { Detector } from '../text/language.ts';

/** Undefined if the browser has none. */
export function browserDetector(): Detector | undefined {
  const { i18n } = browser as { i18n?: Partial<typeof browser.i18n> };
  return typeof i18n?.detectLanguage === 'function' ? (text) => browser.i18n.detectLanguage(text) : undefined;
}
