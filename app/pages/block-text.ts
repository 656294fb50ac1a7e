/**
 * Text of an element with its paragraphs kept: an empty line between blocks, a dash before list items, line
 * breaks inside `pre`. Works on any DOM; layout is not asked, so hidden things must be gone before.
 */
export const BLOCKS: ReadonlySet<string> = new Set(
  (
    'ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY CAPTION DD DETAILS DIV DL DT FIELDSET FIGCAPTION FIGURE FOOTER FORM H1 H2 H3 H4 ' +
    'H5 H6 HEADER HGROUP HR LI MAIN NAV OL P PRE SECTION SUMMARY TABLE TBODY TFOOT THEAD TR UL'
  ).split(' '),
);
export const SILENT: ReadonlySet<string> = new Set(
  'SCRIPT STYLE NOSCRIPT TEMPLATE SVG CANVAS IFRAME OBJECT EMBED AUDIO VIDEO SELECT OPTION TEXTAREA INPUT BUTTON DIALOG HEAD MATH'.split(
    ' ',
  ),
);
const TEXT = 3;
const ELEMENT = 1;

export function blockText(root: Node): string {
  const blocks: string[] = [];
  let line = '';
  const end = () => {
    const text = line.replace(/[ \t]+\n/g, '\n').replace(/^\n+|\s+$/g, '');
    if (text.trim() !== '' && text.trim() !== '-') blocks.push(text);
    line = '';
  };
  const walk = (node: Node, verbatim: boolean) => {
    if (node.nodeType === TEXT) {
      const text = node.nodeValue ?? '';
      line += verbatim ? text : joined(line, text);
      return;
    }
    if (node.nodeType !== ELEMENT && node !== root) return;
    const name = node.nodeName.toUpperCase();
    if (SILENT.has(name) || isHidden(node)) return;
    if (name === 'BR') line += '\n';
    const block = BLOCKS.has(name);
    if (block) end();
    if (name === 'LI') line = '- ';
    for (const child of node.childNodes) walk(child, verbatim || name === 'PRE');
    if (name === 'TD' || name === 'TH') line += ' ';
    if (block) end();
  };
  walk(root, false);
  end();
  return blocks.join('\n\n').replace(/\n\n(?=- )/g, '\n');
}

/** White space collapses to one space, and to none after a space or at a line's start. */
function joined(before: string, text: string): string {
  const collapsed = text.replace(/[\s\u00a0]+/g, ' ');
  return /(^|\s)$/.test(before) ? collapsed.replace(/^ /, '') : collapsed;
}

function isHidden(node: Node): boolean {
  const element = node as Element;
  return (
    element.hasAttribute?.('hidden') === true ||
    element.getAttribute?.('aria-hidden') === 'true' ||
    /display\s*:\s*none/i.test(element.getAttribute?.('style') ?? '')
  );
}
