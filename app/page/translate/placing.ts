/** How a translation looks beside its original. */
export type Styles = Readonly<Record<string, string>>;

export const BELOW: Styles = {
  display: 'block',
  'margin-block': '0.35em 0',
  // In px, not em, so that translations of headings and paragraphs have the same indentation.
  'padding-inline-start': '12px',
  'border-inline-start': '2px solid color-mix(in srgb, currentcolor 40%, transparent)',
  'text-align': 'start',
  'text-indent': '0',
};

/** In a line: an entry of a list in one line has to stay in it. */
export const BESIDE: Styles = {
  display: 'inline',
  'margin-inline-start': '6px',
  'padding-inline-start': '6px',
  'border-inline-start': '2px solid color-mix(in srgb, currentcolor 40%, transparent)',
};

export function important(element: HTMLElement, styles: Styles): void {
  for (const [name, value] of Object.entries(styles)) element.style.setProperty(name, value, 'important');
}
