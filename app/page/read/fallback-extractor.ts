/**
 * Extracts text from pages that are not an article: threads of posts or comments, documentation, lists, applications.
 * Readability looks for one article and finds nothing on such pages, or one post of many.
 *
 * First it leaves out what is not text of the page (navigation, menus, consent, lists of links). If many elements of
 * one kind contain most of the rest, they are a thread, and the element around them is read. Otherwise it reads the
 * part that the page marks as its main one, if that has a fair share of the text. Otherwise it reads everything.
 */
import { type BlockText, readBlocks } from '../dom/block-text.ts';

export interface ExtractedText extends BlockText {
  readonly source: 'thread' | 'main' | 'body';
  /** The text of each post of a thread. */
  readonly posts?: readonly string[];
}

const MAIN = 'main, [role="main"], article, #content, #main';
/** The main part must have this share of the text; threads and search results are often outside of it. */
const MIN_MAIN_SHARE = 0.4;

export function extractFallback(doc: Document): ExtractedText {
  const { body } = doc;
  if (body === null) return { text: '', headings: [], source: 'body' };
  const all = readBlocks(body, isNoise);
  const thread = findThread(body, all.text.length);
  if (thread !== undefined) {
    const posts = thread.map((post) => readBlocks(post, isNoise).text);
    return { ...readBlocks(threadRoot(thread, body), isNoise), source: 'thread', posts };
  }
  const main = [...doc.querySelectorAll(MAIN)]
    .map((element) => readBlocks(element, isNoise))
    .sort((a, b) => b.text.length - a.text.length)[0];
  return main !== undefined && main.text.length >= all.text.length * MIN_MAIN_SHARE
    ? { ...main, source: 'main' }
    : { ...all, source: 'body' };
}

const NOISE_TAGS = new Set(['NAV', 'ASIDE', 'FORM', 'MENU']);
const NOISE_ROLES =
  /^(?:navigation|banner|contentinfo|complementary|search|dialog|alertdialog|menu|menubar|toolbar|tablist|tooltip)$/;
/** Names that sites give to such parts, matched as whole words of a class or id. */
const NOISE_NAMES =
  /(?:^|[\s_-])(?:cookies?|consent|gdpr|share|sharing|social|related|recommended|promo|newsletter|subscribe|breadcrumbs?|pagination|pager|sidebar|advert(?:isement)?|ads?|sponsored|skip-link)(?:[\s_-]|$)/i;
/** An element with so many paragraphs of so many characters is text of the page, whatever its name. */
const MIN_PARAGRAPHS = 5;
const MIN_PARAGRAPH_LENGTH = 80;
/** A list with at least so many links, and this share of its text in them, is navigation. */
const MIN_LINKS_SHARE = 0.8;
const MIN_LINKS = 4;

export function isNoise(element: Element): boolean {
  const name = element.nodeName.toUpperCase();
  if (NOISE_TAGS.has(name) || NOISE_ROLES.test(element.getAttribute('role') ?? '')) return true;
  const inside = () => element.closest('article, main, [role="main"]') !== null;
  if ((name === 'FOOTER' || name === 'HEADER') && !inside()) return true;
  const names = `${element.getAttribute('class') ?? ''} ${element.id}`;
  if (NOISE_NAMES.test(names)) return !holdsParagraphs(element);
  return (name === 'UL' || name === 'OL' || name === 'TABLE') && isLinkList(element);
}

function holdsParagraphs(element: Element): boolean {
  return (
    [...element.querySelectorAll('p')].filter((p) => lengthOf(p) >= MIN_PARAGRAPH_LENGTH).length >=
    MIN_PARAGRAPHS
  );
}

function isLinkList(element: Element): boolean {
  const links = [...element.querySelectorAll('a')];
  if (links.length < MIN_LINKS) return false;
  const inLinks = links.reduce((sum, link) => sum + lengthOf(link), 0);
  return inLinks >= MIN_LINKS_SHARE * lengthOf(element);
}

const lengthOf = (element: Element): number => (element.textContent ?? '').replace(/\s+/g, ' ').trim().length;

/** Elements that contain posts, custom elements included; paragraphs of an article are in neither. */
const POST_TAGS = /^(?:DIV|LI|ARTICLE|SECTION|TR|TABLE|DETAILS|\w+-[\w-]+)$/;
const MIN_POSTS = 4;
/** Characters; shorter elements are entries of a menu. */
const MIN_POST_LENGTH = 40;
/** Posts must have this share of the page's text. */
const MIN_THREAD_SHARE = 0.5;
/** The element around the posts is extended to include their question, up to this factor of text. */
const MAX_GROWTH = 1.5;

/** The posts or comments that make up most of a page; undefined if there is no thread. */
function findThread(body: Element, textLength: number): readonly Element[] | undefined {
  const kinds = new Map<string, Element[]>();
  for (const element of body.querySelectorAll('[class], [id], article, [role="article"]')) {
    const kind = kindOf(element);
    if (kind === undefined || lengthOf(element) < MIN_POST_LENGTH) continue;
    if (!kinds.has(kind)) kinds.set(kind, []);
    kinds.get(kind)!.push(element);
  }
  let best: { posts: Element[]; length: number } | undefined;
  for (const posts of kinds.values()) {
    if (posts.length < MIN_POSTS) continue;
    const outer = outermost(posts);
    const minLength = best?.length ?? MIN_THREAD_SHARE * textLength;
    // `textContent` is an upper bound: collapsed white space and noise only shorten the text.
    if (outer.reduce((sum, post) => sum + (post.textContent ?? '').length, 0) <= minLength) continue;
    const length = outer.reduce((sum, post) => sum + readBlocks(post, isNoise).text.length, 0);
    if (length > minLength) best = { posts: outer, length };
  }
  return best?.posts;
}

/** Keeps posts that are not inside another one: replies may be nested in the post they answer. */
function outermost(posts: readonly Element[]): Element[] {
  const all = new Set(posts);
  return posts.filter((post) => {
    for (let above = post.parentElement; above !== null; above = above.parentElement)
      if (all.has(above)) return false;
    return true;
  });
}

/** Posts of a thread share the tag and the first class. */
function kindOf(element: Element): string | undefined {
  const name = element.nodeName.toUpperCase();
  if (!POST_TAGS.test(name) || isNoise(element)) return undefined;
  const first = (element.getAttribute('class') ?? '').trim().split(/\s+/)[0] ?? '';
  const own =
    first !== '' || name === 'ARTICLE' || name.includes('-') || element.getAttribute('role') === 'article';
  return own ? `${name}.${first}` : undefined;
}

/** The element around the posts; includes their question if the page marks a main part or if it adds little text. */
function threadRoot(posts: readonly Element[], body: Element): Element {
  let common: Element = posts[0]!;
  while (common !== body && !posts.every((post) => common.contains(post))) common = common.parentElement!;
  const main = [...body.querySelectorAll(MAIN)].find((element) => element.contains(common));
  if (main !== undefined) return main;
  const maxLength = readBlocks(common, isNoise).text.length * MAX_GROWTH;
  while (common !== body && readBlocks(common.parentElement!, isNoise).text.length <= maxLength)
    common = common.parentElement!;
  return common;
}
