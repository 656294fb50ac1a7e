/** What selections in a page, in fields and in editable text have in common. */
import { closestAcross } from '../dom/flat-tree.ts';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Selected {
  readonly kind: 'page' | 'written';
  /** Paragraphs separated by an empty line. */
  readonly text: string;
  /** The same with marks for inline markup (marks.ts); undefined where there is none. */
  readonly marked?: string;
  /** The language that the page declares there; absent where it declares none. */
  readonly lang?: string;
  /** In the viewport's CSS pixels, as it lies now. */
  box(): Box;
  /** Takes the translation of `marked` or `text`, paragraph for paragraph. Undefined where the page does not let it be changed; gives undefined where the text is no longer there. */
  readonly replace: ((translation: string) => Undo | undefined) | undefined;
}

/** Gives whether all is as it was before; not where the page, or the person, has changed it since. */
export type Undo = () => boolean | Promise<boolean>;

/** What the page says about the language of a place; undefined where it says nothing. */
export function declaredLanguage(node: Node): string | undefined {
  const element = node.nodeType === 1 ? (node as Element) : node.parentElement;
  const said =
    (element && closestAcross(element, '[lang]'))?.getAttribute('lang') ??
    node.ownerDocument?.querySelector('meta[http-equiv="content-language" i]')?.getAttribute('content');
  return said?.split(',')[0]?.trim() || undefined;
}

/** The last line of what is selected: that is where the hand was. */
export function lastBox(range: Range): Box {
  const lines = [...range.getClientRects()].filter(({ width, height }) => width > 0 && height > 0);
  return lines.at(-1) ?? range.getBoundingClientRect();
}
