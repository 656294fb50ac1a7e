/**
 * Extracts text from pages that are not an article: threads of posts or comments, documentation, lists, applications.
 * Readability looks for one article and finds nothing on such pages, or one post of many.
 *
 * First it leaves out what is not text of the page (outline.ts). If many elements of one kind contain most of the rest,
 * they are a thread, and the element around them is read. Otherwise it reads the part that the page marks as its main one,
 * if that has a fair share of the text. Otherwise it reads everything. All of it is linear in the picture.
 */
import { type BlockText, readBlocks } from '../dom/block-text.ts';
import { bodyOf, ELEMENT, getAttribute, matches, nodeName, nodeType } from '../dom/pristine.ts';
import type { Sliced } from '../dom/slices.ts';
import { following } from '../dom/following.ts';
import { type ElementFacts, type Outline, outlineOf } from './outline.ts';

export interface ExtractedText extends BlockText {
  readonly source: 'thread' | 'main' | 'body';
  /** The texts of posts of a thread, evenly spread. */
  readonly posts?: readonly string[];
}

/** Posts whose text is given. */
const LOOKED_FOR = 48;
const MAIN = 'main, [role="main"], article, #content, #main';
/** The main part must have this share of the text; threads and search results are often outside of it. */
const MIN_MAIN_SHARE = 0.4;

/** `doc` is a picture (app/page/picture). */
export function* extractFallback(doc: Document): Sliced<ExtractedText> {
  const body: Element | null = bodyOf(doc);
  if (body === null) return { text: '', headings: [], source: 'body' };
  const outline = yield* outlineOf(body);
  const thread = findThread(outline);
  if (thread !== undefined) {
    const posts = spread(thread, LOOKED_FOR).map(({ element }) => readBlocks(element, outline.isNoise).text);
    yield;
    return { ...readBlocks(threadRoot(thread, outline).element, outline.isNoise), source: 'thread', posts };
  }
  const main = outline.all
    .filter(({ element }) => matches(element, MAIN))
    .reduce<ElementFacts | undefined>((most, one) => (one.read > (most?.read ?? 0) ? one : most), undefined);
  const isLarge = main !== undefined && main.read >= outline.body.read * MIN_MAIN_SHARE;
  return isLarge
    ? { ...readBlocks(main.element, outline.isNoise), source: 'main' }
    : { ...readBlocks(body, outline.isNoise), source: 'body' };
}

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
function findThread(outline: Outline): readonly ElementFacts[] | undefined {
  const kinds = new Map<string, ElementFacts[]>();
  for (const facts of outline.all) {
    if (facts.read < MIN_POST_LENGTH) continue;
    const kind = kindOf(facts);
    if (kind === undefined) continue;
    const found = kinds.get(kind) ?? [];
    found.push(facts);
    kinds.set(kind, found);
  }
  let best: { posts: ElementFacts[]; all: ElementFacts[]; length: number } | undefined;
  for (const posts of kinds.values()) {
    if (posts.length < MIN_POSTS) continue;
    const outer = outermost(posts);
    // A single one is the element around the others.
    if (outer.length < 2 || !areAlike(outer, outline)) continue;
    const length = outer.reduce((sum, { read }) => sum + read, 0);
    if (length > (best?.length ?? MIN_THREAD_SHARE * outline.body.read))
      best = { posts: outer, all: posts, length };
  }
  if (best !== undefined) markReplies(best.all);
  return best?.posts;
}

/** At most `most` of `items`, evenly spread. */
function spread<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, index) => items[Math.floor((index * items.length) / most)]!);
}

/** Keeps posts that are not inside another one: replies may be nested in the post they answer. In document order. */
function outermost(posts: readonly ElementFacts[]): ElementFacts[] {
  let last = -1;
  return posts.filter((post) => {
    if (post.first <= last) return false;
    last = post.last;
    return true;
  });
}

/** Attributes in which sites give the depth of a reply; the first is the one that counts from 1. */
const DEPTHS = ['aria-level', 'depth', 'indent', 'data-depth', 'data-level'];
/** Elements of a post that are looked at for its depth, which a cell before its text may have. */
const LOOKED = 8;
/** Deeper replies are marked as if they had this depth. */
const DEEPEST = 20;

/** Marks replies with their depth, as the page gives it or as they are nested; read by block-text.ts. */
function markReplies(posts: readonly ElementFacts[]): void {
  const around: ElementFacts[] = [];
  for (const post of posts) {
    while (around.length > 0 && around.at(-1)!.last < post.first) around.pop();
    const depth = Math.min(DEEPEST, statedDepth(post.element) ?? around.length);
    if (depth > 0) post.element.setAttribute('data-reply', String(depth));
    around.push(post);
  }
}

function statedDepth(post: Element): number | undefined {
  let at: Node | null = post;
  for (let count = 0; at !== null && count < LOOKED; count++) {
    for (const name of nodeType(at) === ELEMENT ? DEPTHS : []) {
      const depth = Number.parseInt(getAttribute(at as Element, name) ?? '', 10);
      if (depth >= 0) return name === DEPTHS[0] ? depth - 1 : depth;
    }
    at = following(at, post);
  }
  return undefined;
}

/** This share of the posts must begin with the same elements; parts of a page with a common class differ. */
const MIN_ALIKE = 0.5;
/** Elements that a post begins with. */
const BEGINNING = 2;

function areAlike(posts: readonly ElementFacts[], { all }: Outline): boolean {
  const counts = new Map<string, number>();
  for (const { first, last } of posts) {
    const beginning = all.slice(first + 1, Math.min(first + BEGINNING, last) + 1);
    const key = beginning.map(({ element }) => `${nodeName(element)}.${firstClass(element)}`).join(' ');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const most = [...counts.values()].reduce((large, count) => Math.max(large, count), 0);
  return most >= posts.length * MIN_ALIKE;
}

const firstClass = (element: Element): string =>
  (getAttribute(element, 'class') ?? '').trim().split(/\s+/)[0] ?? '';

/** Posts of a thread share the tag and the first class. */
function kindOf({ element, noise }: ElementFacts): string | undefined {
  const name = nodeName(element).toUpperCase();
  if (noise || !POST_TAGS.test(name)) return undefined;
  const first = firstClass(element);
  const own =
    first !== '' || name === 'ARTICLE' || name.includes('-') || getAttribute(element, 'role') === 'article';
  return own ? `${name}.${first}` : undefined;
}

/** The element around the posts; includes their question if the page marks a main part or if it adds little text. */
function threadRoot(posts: readonly ElementFacts[], { all, body }: Outline): ElementFacts {
  const last = posts.at(-1)!.last;
  let common = posts[0]!;
  while (common !== body && common.last < last) common = common.parent!;
  const main = all.find(
    (facts) => facts.first <= common.first && facts.last >= common.last && matches(facts.element, MAIN),
  );
  if (main !== undefined) return main;
  const most = common.read * MAX_GROWTH;
  while (common !== body && common.parent!.read <= most) common = common.parent!;
  return common;
}
