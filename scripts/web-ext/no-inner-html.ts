/**
 * Nothing in the package assigns `innerHTML`: of the libraries that users install, the few lines that do are replaced
 * while they are bundled, so that neither a page nor an answer can become markup by a mistake of ours, and the linters
 * of the stores, which cannot distinguish a safe assignment from an unsafe one, find nothing.
 *
 * If a line is no longer in its library, the build fails: look at what the library does now. Tests and `npm run dev` use
 * the libraries as they are published; `no-inner-html.test.ts` compares both forms of Readability.
 */

interface Replacement {
  /** End of the path of the module. */
  readonly file: string;
  readonly why: string;
  /** Text that occurs once, and its replacement. */
  readonly lines: readonly (readonly [string, string])[];
}

const replacements: readonly Replacement[] = [
  {
    file: '/preact/dist/preact.mjs',
    why: 'The property `dangerouslySetInnerHTML` is not used here; now it has no effect.',
    lines: [['(t.innerHTML=h.__html)', '0']],
  },
  {
    file: '/@mozilla/readability/Readability.js',
    why: 'It restarts on its copy of the page, which is copied again instead; and it looks for pictures in <noscript>.',
    lines: [
      ['var pageCacheHtml = page.innerHTML;', 'var pageCache = page.cloneNode(true);'],
      ['page.innerHTML = pageCacheHtml;', 'page.replaceChildren(...pageCache.cloneNode(true).childNodes);'],
      [
        'tmp.innerHTML = noscript.innerHTML;',
        'tmp.append(...new DOMParser().parseFromString("<html><body>" + noscript.innerHTML + "</body></html>", "text/html").body.childNodes);',
      ],
    ],
  },
];

/** The code of a module without the lines above; undefined where it has none of them. */
export function withoutInnerHtml(path: string, code: string): string | undefined {
  const found = replacements.find(({ file }) => path.replaceAll('\\', '/').endsWith(file));
  if (found === undefined) return undefined;
  return found.lines.reduce((text, [line, instead]) => {
    const parts = text.split(line);
    if (parts.length !== 2) {
      throw new Error(`${path} has \`${line}\` ${parts.length - 1} times, not once: see ${import.meta.url}`);
    }
    return parts.join(instead);
  }, code);
}

/** For Vite. */
export const noInnerHtml = {
  name: 'linnet:no-inner-html',
  apply: 'build' as const,
  transform(code: string, id: string) {
    const changed = withoutInnerHtml(id.replace(/\?.*$/, ''), code);
    return changed === undefined ? undefined : { code: changed, map: null };
  },
};
