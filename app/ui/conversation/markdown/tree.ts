/** What a text in Markdown is made of. Every word of the text is in its tree: what is not understood stays as text. */

export type MarkdownBlock =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  /** `info`: what follows the fence, as a language; empty for an indented block. */
  | { readonly kind: 'code'; readonly info: string; readonly text: string }
  | { readonly kind: 'quote'; readonly blocks: readonly MarkdownBlock[] }
  | MarkdownList
  | MarkdownTable
  /** A formula on lines of its own; `source` has its marks too. */
  | { readonly kind: 'formula'; readonly tex: string; readonly source: string }
  | { readonly kind: 'rule' }
  /** Text as it was written: what is nested too deeply, or is too long. */
  | { readonly kind: 'plain'; readonly text: string };

export interface MarkdownList {
  readonly kind: 'list';
  readonly ordered: boolean;
  readonly items: readonly ListItem[];
}

export interface ListItem {
  /** The number as written; absent in a list of bullets. */
  readonly number?: number;
  /** Whether the box of a task is ticked; absent for what is no task. */
  readonly done?: boolean;
  readonly blocks: readonly MarkdownBlock[];
}

export interface MarkdownTable {
  readonly kind: 'table';
  readonly align: readonly ('left' | 'center' | 'right' | undefined)[];
  readonly header: readonly string[];
  /** Rows may have more or fewer cells than the header. */
  readonly rows: readonly (readonly string[])[];
}

export type MarkdownInline =
  | string
  | { readonly kind: 'em' | 'strong' | 'del'; readonly children: readonly MarkdownInline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'break' }
  /** `picture`: a picture, which is shown as a link to it. */
  | {
      readonly kind: 'link';
      readonly href: string;
      readonly title: string;
      readonly children: readonly MarkdownInline[];
      readonly picture: boolean;
    }
  | { readonly kind: 'formula'; readonly tex: string; readonly source: string; readonly display: boolean };

/** Levels of lists and quotes, and of marks within a line, that are followed; below them is plain text. */
export const DEEPEST = 10;
