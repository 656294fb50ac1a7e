/**
 * KaTeX's style sheet names each font in three formats. Every browser that runs Linnet reads the smallest, so the package
 * has only that one. If the sheet names none, the build fails: look at what the library does now.
 */

/** The style sheet without fonts in older formats. */
export function onlyWoff2(css: string): string {
  const less = css.replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\(["'](?:woff|truetype)["']\)/g, '');
  if (less === css || !less.includes('.woff2'))
    throw new Error('the style sheet of KaTeX has no fonts to leave out');
  return less;
}

/** For Vite. */
export const katexFonts = {
  name: 'linnet:katex-fonts',
  apply: 'build' as const,
  enforce: 'pre' as const,
  transform(code: string, id: string) {
    return /\/katex(?:\.min)?\.css(?:\?|$)/.test(id) ? { code: onlyWoff2(code), map: null } : undefined;
  },
};
