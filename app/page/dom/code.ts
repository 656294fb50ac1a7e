/** Tells code from prose in elements that keep line ends: mail, poems, notices and plain text are often in a `pre` too. */
import { wordsOf } from './masks.ts';
import { closest, contentType, ownerDocument, selectAll } from './pristine.ts';

const NAMED =
  '[class*="highlight" i], [class*="lang-" i], [class*="language-" i], [class*="code" i], [class*="source" i], [class*="prettyprint" i], [class*="terminal" i], [class*="console" i], [class*="shell" i], .hljs, .mermaid';
/** Least share of characters that are letters or spaces in prose. */
const LETTERS = 0.8;
/** Most share of lines that end, or begin, as those of programs do. */
const CODED = 0.2;
const CODE_LINE =
  /[;{}\\]\s*$|^\s*(?:[$#%]\s|\/\/|\/\*|<\/?\w|(?:import|function|const|let|var|def|class|return|public|private)\s)/;

export function isCode(element: Element): boolean {
  if (/^text\/plain|json/.test(contentType(ownerDocument(element)!) ?? '')) return false;
  if (selectAll(element, 'code, samp, kbd').length > 0 || closest(element, NAMED) !== null) return true;
  const words = wordsOf(element);
  const lines = words.split('\n').filter((line) => line.trim() !== '');
  if (lines.filter((line) => CODE_LINE.test(line)).length > lines.length * CODED) return true;
  const letters = words.match(/[\p{L}\p{M}\s.,'’]/gu)?.length ?? 0;
  return (
    letters < words.length * LETTERS ||
    !/\p{L}{2,}\s+\p{L}+\s+\p{L}{2,}|[\p{sc=Han}\p{sc=Hiragana}]{4}/u.test(words)
  );
}
