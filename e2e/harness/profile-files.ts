/** Looks for words in the files of a browser's profile. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files of the folder that contain the word, as bytes or as 16-bit characters. */
export function filesWith(folder: string, word: string): string[] {
  const forms = [Buffer.from(word), Buffer.from(word, 'utf16le')];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => {
      const content = contentOf(path);
      return forms.some((form) => content.includes(form));
    });
}

/** Empty for a temporary file that the browser has just removed. */
function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
