/**
 * Names that code of the content script looks for among the globals, and that may not be there. `globalThis.browser` is
 * an element of the page if one has this id, for content scripts too; a property of the global object itself comes first.
 * Import this file before all others.
 */
const NAMES = { browser: true, chrome: true, linnetPresence: true };

for (const name of Object.keys(NAMES)) {
  if (Object.hasOwn(globalThis, name)) continue;
  Object.defineProperty(globalThis, name, { value: undefined, writable: true, configurable: true });
}
