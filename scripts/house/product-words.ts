/** The engine is a library: it does not know the product that is built on it, in code, comments or texts. */
import type { Breach, House } from './source.ts';
import { lineAt } from './source.ts';

const libraries = ['engine/', 'wgsl/'];

// The name of the error class counts as the library's own.
const words =
  /(?!EngineError\b)linnet|\bextensions?\b|popup|offscreen|\bmodels page\b|\bcontent[ -]scripts?\b/gi;

/** Technical terms that contain one of the words. */
const terms = /\b(?:file|file-name|language|shader|wgsl) extensions?\b|EngineError/gi;

export function checkProductWords(house: House): Breach[] {
  return [...house]
    .filter(([file]) => libraries.some((folder) => file.startsWith(folder)))
    .flatMap(([file, text]) => {
      const searched = text.replace(terms, (term) => ' '.repeat(term.length));
      return [...`${file}\n${searched}`.matchAll(words)].map((match) => ({
        file,
        line: Math.max(1, lineAt(`${file}\n${searched}`, match.index) - 1),
        what: `\`${match[0]}\` is a word of the product`,
        why: 'the engine is a package of its own, and others build other things on it',
        instead: 'say it in the words of the engine, or move the text to the app',
      }));
    });
}
