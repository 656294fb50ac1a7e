/** Formulas by their source: what an author typed, where the page has it, else MathML as a line of text. */
import {
  childNodes,
  getAttribute,
  matches,
  nodeName,
  nodeType,
  nodeValue,
  selectAll,
  TEXT,
} from '../dom/pristine.ts';

const FORMULA =
  'math, .katex, .mwe-math-element, mjx-container, .MathJax, .MathJax_SVG, img.tex, img.latex, img[class*="math-fallback"], img[alt^="{\\displaystyle"], img[src*="/math/render/"], img[src*="latex.codecogs.com/"]';
/** Elements of a formula that are looked at; the longest of physics have some hundred. */
const MOST = 2000;

export const isFormula = (element: Element): boolean => matches(element, FORMULA);

/** Undefined if no source is found. */
export function formulaSource(element: Element): string | undefined {
  const typed =
    annotation(element) ??
    getAttribute(element, 'data-tex') ??
    getAttribute(element, 'data-latex') ??
    pictureText(element) ??
    mathmlText(element) ??
    getAttribute(element, 'aria-label') ??
    undefined;
  return typed === undefined || typed.trim() === '' ? undefined : bare(typed);
}

function annotation(element: Element): string | undefined {
  const found = selectAll(element, 'annotation').find((each) =>
    /tex/i.test(getAttribute(each, 'encoding') ?? ''),
  );
  return found === undefined ? (getAttribute(element, 'alttext') ?? undefined) : plainText(found);
}

function pictureText(element: Element): string | undefined {
  const picture = matches(element, 'img') ? element : selectAll(element, 'img[alt]')[0];
  return picture === undefined ? undefined : (getAttribute(picture, 'alt') ?? undefined);
}

/** `{\displaystyle x}` says only how it is set. */
function bare(source: string): string {
  const text = source.replace(/\s+/g, ' ').trim();
  const [, inner] = /^\{\\(?:display|text)style\s*(.*)\}$/.exec(text) ?? [];
  return (inner ?? text).trim();
}

const plainText = (element: Element): string =>
  [...childNodes(element)].map((node) => nodeValue(node) ?? '').join('');

interface Part {
  readonly node: Node;
  /** What is written before or after the node's own text. */
  readonly text?: string;
}

/** `<msqrt>2 r</msqrt>` as `√(2r)`, fractions as `(a)/(b)`, indices as `a_b`, powers as `a^b`. */
function mathmlText(element: Element): string | undefined {
  const root = matches(element, 'math') ? element : selectAll(element, 'math')[0];
  if (root === undefined) return undefined;
  let text = '';
  const stack: Part[] = [{ node: root }];
  for (let count = 0; stack.length > 0 && count < MOST; count++) {
    const { node, text: own } = stack.pop()!;
    if (own !== undefined) text += own;
    else if (nodeType(node) === TEXT) text += (nodeValue(node) ?? '').trim();
    else stack.push(...partsOf(node).reverse());
  }
  return text;
}

function partsOf(node: Node): Part[] {
  const name = nodeName(node).toLowerCase();
  if (name.startsWith('annotation')) return [];
  const children = [...childNodes(node)].filter(
    (child) => nodeType(child) !== TEXT || (nodeValue(child) ?? '').trim() !== '',
  );
  const inner: Part[] = children.map((child) => ({ node: child }));
  const write = (text: string): Part => ({ node, text });
  const between = (marks: readonly string[]): Part[] =>
    inner.flatMap((part, index) =>
      index === 0 ? [part] : [write(marks[index - 1] ?? ''), grouped(part)].flat(),
    );
  const grouped = (part: Part): Part[] => (isLeaf(part.node) ? [part] : [write('('), part, write(')')]);
  if (name === 'msqrt') return [write('√('), ...inner, write(')')];
  if (name === 'mroot') return [write('root('), ...between([', ']), write(')')];
  if (name === 'mfrac')
    return inner.flatMap((part, index) => [...(index > 0 ? [write('/')] : []), ...grouped(part)]);
  if (name === 'msup' || name === 'mover') return between(['^']);
  if (name === 'msub' || name === 'munder') return between(['_']);
  if (name === 'msubsup' || name === 'munderover') return between(['_', '^']);
  if (name === 'mtd') return [...inner, write(' ')];
  if (name === 'mtr') return [...inner, write('; ')];
  return inner;
}

const isLeaf = (node: Node): boolean => /^m(?:i|n|o|text)$/i.test(nodeName(node));
