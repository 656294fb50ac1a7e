/**
 * WXT's wrapper of content scripts calls methods of `document`. On a page with a picture named `addEventListener` these
 * are the picture, and the content script would not start. While it is bundled, the methods of the prototype take their
 * place. If the wrapper calls none of them any more, the build fails: look at what it does now.
 */
const FILE = '/wxt/dist/utils/content-script-context.mjs';
const METHOD = /\bdocument\.(addEventListener|removeEventListener|dispatchEvent)\(/g;

/** The code of a module with methods of the prototype; undefined for every other module. */
export function withPristineMethods(path: string, code: string): string | undefined {
  if (!path.replaceAll('\\', '/').endsWith(FILE)) return undefined;
  const changed = code.replace(METHOD, 'EventTarget.prototype.$1.call(document, ');
  if (changed === code) throw new Error(`${path} calls no method of the document: see ${import.meta.url}`);
  return changed;
}

/** For Vite. */
export const pristineWxt = {
  name: 'linnet:pristine-wxt',
  apply: 'build' as const,
  transform(code: string, id: string) {
    const changed = withPristineMethods(id.replace(/\?.*$/, ''), code);
    return changed === undefined ? undefined : { code: changed, map: null };
  },
};
