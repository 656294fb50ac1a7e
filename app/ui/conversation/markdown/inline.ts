/** Reads the text of a block of Markdown: makes a tree of the tokens of markdown-it (inline-rules.ts). Pure. */
import type { Token } from 'markdown-it';
import { inlineTokens } from './inline-rules.ts';
import { DEEPEST, type MarkdownInline } from './tree.ts';

/** `cell`: of a table, where `<br>` is the only way to break a line. */
export function inlineOf(text: string, place?: 'cell'): MarkdownInline[] {
  const nesting = new Nesting();
  for (const token of inlineTokens(text, place)) nesting.add(token);
  return nesting.root;
}

type Nest = (children: readonly MarkdownInline[]) => MarkdownInline;

/** Emphasis or a link that is being read. Below the deepest level, its children are those of the level above. */
interface OpenNode {
  readonly children: MarkdownInline[];
  readonly nest: Nest | undefined;
  /** How its end is written. */
  readonly end: string;
}

const EMPHASIS: Readonly<Record<string, 'em' | 'strong' | 'del'>> = {
  em_open: 'em',
  strong_open: 'strong',
  s_open: 'del',
};

/** Nests the tokens. Below the deepest level, marks are text. */
class Nesting {
  readonly root: MarkdownInline[] = [];
  private readonly open: OpenNode[] = [];

  private get children(): MarkdownInline[] {
    return this.open.at(-1)?.children ?? this.root;
  }

  add(token: Token): void {
    const { type, nesting, content, markup } = token;
    const emphasis = EMPHASIS[type];
    if (nesting < 0) this.end();
    else if (emphasis !== undefined) this.begin(markup, markup, (children) => ({ kind: emphasis, children }));
    else if (type === 'link_open') this.link(token);
    else if (type === 'image') this.picture(token);
    else if (type === 'code_inline') this.children.push({ kind: 'code', text: content });
    else if (type === 'softbreak' || type === 'hardbreak') this.children.push({ kind: 'break' });
    else if (type === 'formula')
      this.children.push({ kind: 'formula', tex: content, source: markup, display: token.tag === 'div' });
    else this.text(type === 'text_special' ? specialText(token) : content);
  }

  private text(text: string): void {
    const { children } = this;
    const before = children.at(-1);
    if (typeof before === 'string') children[children.length - 1] = before + text;
    else if (text !== '') children.push(text);
  }

  private link(token: Token): void {
    const [href, title] = [attribute(token, 'href'), attribute(token, 'title')];
    const nest: Nest = (children) => ({ kind: 'link', href, title, children, picture: false });
    if (token.markup === 'linkify') this.begin('', '', nest);
    else if (token.markup === 'autolink') this.begin('<', '>', nest);
    else this.begin('[', targetText(href, title), href === '' ? undefined : nest);
  }

  private picture(token: Token): void {
    const [href, title] = [attribute(token, 'src'), attribute(token, 'title')];
    const nest: Nest = (children) => ({ kind: 'link', href, title, children, picture: true });
    this.begin('![', targetText(href, title), href === '' ? undefined : nest);
    for (const child of token.children ?? []) this.add(child);
    this.end();
  }

  private begin(begin: string, end: string, nest: Nest | undefined): void {
    if (nest !== undefined && this.open.length < DEEPEST) {
      this.open.push({ children: [], nest, end });
      return;
    }
    this.text(begin);
    this.open.push({ children: this.children, nest: undefined, end });
  }

  private end(): void {
    const node = this.open.pop();
    if (node?.nest === undefined) this.text(node?.end ?? '');
    else this.children.push(node.nest(node.children));
  }
}

const attribute = (token: Token, name: string): string => String(token.attrGet(name) ?? '');

const targetText = (href: string, title: string): string =>
  `](${href}${title === '' ? '' : ` ${JSON.stringify(title)}`})`;

/** A character that is written by name, by number or after a backslash; as it is written, where it could not be seen. */
const specialText = ({ info, content, markup }: Token): string =>
  info === 'entity' && /[\p{C}\ufffd]/u.test(content) ? markup : content;
