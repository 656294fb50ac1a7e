/** Relative links and anchors in documents lead somewhere. */
import { dirname, join, normalize } from 'node:path/posix';
import type { Breach, House } from './source.ts';
import { lineAt } from './source.ts';

export function checkLinks(house: House): Breach[] {
  const folders = foldersOf(house);
  return [...house].flatMap(([file, text]) => {
    if (!file.endsWith('.md')) return [];
    const prose = blankCode(text);
    return [...prose.matchAll(linkPattern)].flatMap((match) => {
      const target = match[1] ?? match[2] ?? match[3] ?? '';
      const wrong = wrongTarget(house, folders, file, target);
      return wrong === undefined ? [] : [{ file, line: lineAt(text, match.index), ...wrong }];
    });
  });
}

/** `[text](target "title")`, `[name]: target`, and `src` or `href` of HTML. */
const linkPattern =
  /\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\s{0,3}\[[^\]]+\]:\s*(\S+)|\b(?:src|href|srcset)="([^"\s]+)"/gm;

function wrongTarget(house: House, folders: ReadonlySet<string>, file: string, target: string) {
  if (/^[a-z][\w+.-]*:/i.test(target)) return undefined;
  const [path = '', anchor] = decodeURI(target).split('#');
  const found = path === '' ? file : normalize(join(dirname(file), path)).replace(/\/$/, '');
  if (!house.has(found) && !folders.has(found)) {
    return advice(`link to \`${target}\`: there is no ${found}`);
  }
  if (anchor === undefined || anchor === '' || !found.endsWith('.md')) return undefined;
  if (anchors(house.get(found)!).has(anchor)) return undefined;
  return advice(`link to \`${target}\`: ${found} has no heading with that anchor`);
}

const advice = (what: string) => ({
  what,
  why: 'a document is a map; a link that leads nowhere is worse than none',
  instead: 'correct the target',
});

function foldersOf(house: House): Set<string> {
  const folders = new Set(['.']);
  for (const file of house.keys()) {
    for (let at = file.lastIndexOf('/'); at > 0; at = file.lastIndexOf('/', at - 1))
      folders.add(file.slice(0, at));
  }
  return folders;
}

/** Anchors as GitHub makes them of headings: lower case, punctuation dropped, spaces as hyphens, repeats numbered. */
export function anchors(text: string): Set<string> {
  const found = new Set<string>();
  const seen = new Map<string, number>();
  for (const [, heading = ''] of blankCode(text, false).matchAll(/^#{1,6}\s+(.*?)\s*#*$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
    const slug = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const repeats = seen.get(slug) ?? 0;
    seen.set(slug, repeats + 1);
    found.add(repeats === 0 ? slug : `${slug}-${repeats}`);
  }
  for (const [, id = ''] of text.matchAll(/\b(?:id|name)="([^"]+)"/g)) found.add(id);
  return found;
}

/** Blanks fenced code, and inline code too unless a heading is read. */
function blankCode(text: string, inline = true): string {
  const hide = (found: string) => found.replace(/[^\n]/g, ' ');
  const fenced = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, hide);
  return inline ? fenced.replace(/`[^`\n]+`/g, hide) : fenced;
}
