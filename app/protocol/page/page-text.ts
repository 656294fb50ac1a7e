/** The text of a page, as it is read in the page and kept by the worker: paragraphs, separated by an empty line. */
export interface PageText {
  readonly url: string;
  readonly title: string;
  /** BCP 47, as the page declares it; absent where it declares none. */
  readonly lang?: string;
  readonly dir: 'ltr' | 'rtl';
  readonly text: string;
  /** Where lines of `text` that are headings begin, in characters, ascending. */
  readonly headings?: readonly number[];
  readonly source: 'readability' | 'thread' | 'main' | 'body' | 'selection';
  /** The page is longer; only its beginning was read. */
  readonly cut?: true;
}
