/**
 * Reads what is no article: threads of posts or comments, documentation, lists, applications. Readability looks for
 * one article and finds nothing here, or one post of many.
 *
 * How: what is plainly not text of the page is left out (navigation, menus, consent, lists of links). If many elements of
 * one kind hold most of what is left, they are a thread, and what encloses them is read. Else the part that the page
 * itself calls its main one, if that is a fair part of all; else everything.
 */
import { type BlockText, readBlocks } from '../dom/block-text.ts';

export interface ExtractedText extends BlockText {
  readonly source: 'thread' | 'main' | 'body';
  /** The texts of a thread's posts. */
  readonly posts?: readonly string[];
}

const MAIN = 'main, [role="main"], article, #content, #main';
/** Main must have this share of the text; threads and results often lie outside what a page calls so. */
const MAIN_SHARE = 0.4;

export function readAgain(doc: Document): ExtractedText {
  const { body } = doc;
  if (body === null) return { text: '', headings: [], source: 'body' };
  const all = readBlocks(body, isNoise);
  const thread = findThread(body, all.text.length);
  if (thread !== undefined) {
    const posts = thread.map((post) => readBlocks(post, isNoise).text);
    return { ...readBlocks(around(thread, body), isNoise), source: 'thread', posts };
  }
  const main = [...doc.querySelectorAll(MAIN)]
    .map((element) => readBlocks(element, isNoise))
    .sort((a, b) => b.text.length - a.text.length)[0];
  return main !== undefined && main.text.length >= all.text.length * MAIN_SHARE
    ? { ...main, source: 'main' }
    : { ...all, source: 'body' };
}

const NOISE_TAGS = new Set(['NAV', 'ASIDE', 'FORM', 'MENU']);
const NOISE_ROLES =
  /^(?:navigation|banner|contentinfo|complementary|search|dialog|alertdialog|menu|menubar|toolbar|tablist|tooltip)$/;
/** Names that sites give to such parts, as whole words of a class or id. */
const NOISE_NAMES =
  /(?:^|[\s_-])(?:cookies?|consent|gdpr|share|sharing|social|related|recommended|promo|newsletter|subscribe|breadcrumbs?|pagination|pager|sidebar|advert(?:isement)?|ads?|sponsored|skip-link)(?:[\s_-]|$)/i;
/** So many paragraphs of so many characters are text of the page, whatever its parts are called. */
const PARAGRAPHS = 5;
const PARAGRAPH = 80;
/** A list with so much of its text in links is a way to elsewhere. */
const LINKS_SHARE = 0.8;
const LINKS = 4;

export function isNoise(element: Element): boolean {
  const name = element.nodeName.toUpperCase();
  if (NOISE_TAGS.has(name) || NOISE_ROLES.test(element.getAttribute('role') ?? '')) return true;
  const inside = () => element.closest('article, main, [role="main"]') !== null;
  if ((name === 'FOOTER' || name === 'HEADER') && !inside()) return true;
  const names = `${element.getAttribute('class') ?? ''} ${element.id}`;
  if (NOISE_NAMES.test(names)) return !holdsParagraphs(element);
  return (name === 'UL' || name === 'OL' || name === 'TABLE') && isWayElsewhere(element);
}

function holdsParagraphs(element: Element): boolean {
  return [...element.querySelectorAll('p')].filter((p) => lengthOf(p) >= PARAGRAPH).length >= PARAGRAPHS;
}

function isWayElsewhere(element: Element): boolean {
  const links = [...element.querySelectorAll('a')];
  if (links.length < LINKS) return false;
  const inLinks = links.reduce((sum, link) => sum + lengthOf(link), 0);
  return inLinks >= LINKS_SHARE * lengthOf(element);
}

const lengthOf = (element: Element): number => (element.textContent ?? '').replace(/\s+/g, ' ').trim().length;

/** Posts are kept in these, and in elements that sites name themselves; paragraphs of an article in neither. */
const POST_TAGS = /^(?:DIV|LI|ARTICLE|SECTION|TR|TABLE|DETAILS|\w+-[\w-]+)$/;
const POSTS = 4;
/** Characters; shorter ones are entries of a menu. */
const POST = 40;
/** Posts must have this share of the page's text. */
const THREAD_SHARE = 0.5;
/** What encloses the posts grows to take in their question, while it has not much else. */
const GROWTH = 1.5;

/** Posts or comments that make up most of a page. */
function findThread(body: Element, textLength: number): readonly Element[] | undefined {
  const kinds = new Map<string, Element[]>();
  for (const element of body.querySelectorAll('[class], [id], article, [role="article"]')) {
    const kind = kindOf(element);
    if (kind === undefined || lengthOf(element) < POST) continue;
    if (!kinds.has(kind)) kinds.set(kind, []);
    kinds.get(kind)!.push(element);
  }
  let best: { posts: Element[]; length: number } | undefined;
  for (const posts of kinds.values()) {
    if (posts.length < POSTS) continue;
    const outer = outermost(posts);
    const least = best?.length ?? THREAD_SHARE * textLength;
    // White space and what is left out only make it shorter.
    if (outer.reduce((sum, post) => sum + (post.textContent ?? '').length, 0) <= least) continue;
    const length = outer.reduce((sum, post) => sum + readBlocks(post, isNoise).text.length, 0);
    if (length > least) best = { posts: outer, length };
  }
  return best?.posts;
}

/** Replies lie within the post they answer. */
function outermost(posts: readonly Element[]): Element[] {
  const all = new Set(posts);
  return posts.filter((post) => {
    for (let above = post.parentElement; above !== null; above = above.parentElement)
      if (all.has(above)) return false;
    return true;
  });
}

/** Posts of a thread have tag and class in common, whatever follows the first class. */
function kindOf(element: Element): string | undefined {
  const name = element.nodeName.toUpperCase();
  if (!POST_TAGS.test(name) || isNoise(element)) return undefined;
  const first = (element.getAttribute('class') ?? '').trim().split(/\s+/)[0] ?? '';
  const own =
    first !== '' || name === 'ARTICLE' || name.includes('-') || element.getAttribute('role') === 'article';
  return own ? `${name}.${first}` : undefined;
}

/** What encloses the posts and, where the page marks it or it adds little, what they are about. */
function around(posts: readonly Element[], body: Element): Element {
  let common: Element = posts[0]!;
  while (common !== body && !posts.every((post) => common.contains(post))) common = common.parentElement!;
  const main = [...body.querySelectorAll(MAIN)].find((element) => element.contains(common));
  if (main !== undefined) return main;
  const most = readBlocks(common, isNoise).text.length * GROWTH;
  while (common !== body && readBlocks(common.parentElement!, isNoise).text.length <= most)
    common = common.parentElement!;
  return common;
}
