/**
 * What the second reader knows of each element of a picture: how much text it has, how much of it is links, and whether
 * it is noise, that is, not text of the page: navigation, menus, consent, lists of links. One pass over the picture.
 */
import { childNodes, ELEMENT, getAttribute, nodeName, nodeType, nodeValue, TEXT } from '../dom/pristine.ts';
import type { Sliced } from '../dom/slices.ts';

export interface ElementFacts {
  readonly element: Element;
  readonly parent: ElementFacts | undefined;
  /** In an element that the page marks as its main part or as an article. */
  readonly inMain: boolean;
  /** Position in document order, and that of the last element inside. */
  readonly first: number;
  last: number;
  /** Characters, white space collapsed: all of it, without noise, and in links. */
  text: number;
  read: number;
  inLinks: number;
  links: number;
  /** Long paragraphs. */
  paragraphs: number;
  /** Fields that a person fills in. */
  fields: number;
  noise: boolean;
}

export class Outline {
  readonly body: ElementFacts;
  /** In document order. */
  readonly all: readonly ElementFacts[];
  private readonly facts: ReadonlyMap<Element, ElementFacts>;

  constructor(all: readonly ElementFacts[]) {
    this.all = all;
    this.body = all[0]!;
    this.facts = new Map(all.map((facts) => [facts.element, facts]));
  }

  readonly isNoise = (element: Element): boolean => this.facts.get(element)?.noise === true;
}

const NOISE_TAGS = new Set(['NAV', 'ASIDE', 'MENU']);
const NOISE_ROLES =
  /^(?:navigation|banner|contentinfo|complementary|search|dialog|alertdialog|menu|menubar|toolbar|tablist|tooltip)$/;
/** Names that sites give to such parts, matched as whole words of a class or id. */
const NOISE_NAMES =
  /(?:^|[\s_-])(?:cookies?|consent|gdpr|share|sharing|social|related|recommended|promo|newsletter|subscribe|breadcrumbs?|pagination|pager|sidebar|advert(?:isement)?|ads?|sponsored|skip-link|footer|copyright)(?:[\s_-]|$)/i;
/** An element with so many paragraphs of so many characters is text of the page, whatever its name. */
const MIN_PARAGRAPHS = 5;
const MIN_PARAGRAPH_LENGTH = 80;
/** A list with at least so many links, and this share of its text in them, is navigation. */
const MIN_LINKS_SHARE = 0.8;
const MIN_LINKS = 4;
/** Characters of text for each field, from which on a form is a page that happens to be one. */
const PER_FIELD = 200;
const SLICE = 500;

/** An element whose children are being looked at. */
interface Open {
  readonly facts: ElementFacts;
  readonly children: readonly Node[];
  next: number;
  readonly link: boolean;
}

export function* outlineOf(body: Element): Sliced<Outline> {
  const all: ElementFacts[] = [];
  const open: Open[] = [];
  const enter = (element: Element, outer: Open | undefined) => {
    const parent = outer?.facts;
    const inMain = parent !== undefined && (parent.inMain || isMain(parent.element));
    const facts = { element, parent, inMain, first: all.length, last: all.length };
    const counts = { text: 0, read: 0, inLinks: 0, links: 0, paragraphs: 0, fields: 0, noise: false };
    all.push({ ...facts, ...counts });
    const link = outer?.link === true || nodeName(element).toUpperCase() === 'A';
    open.push({ facts: all.at(-1)!, children: [...childNodes(element)], next: 0, link });
  };
  enter(body, undefined);
  for (let count = 1; open.length > 0; count++) {
    const at = open.at(-1)!;
    const child = at.children[at.next++];
    if (child === undefined) {
      open.pop();
      at.facts.last = all.length - 1;
      leave(at.facts, open.length === 0);
    } else if (nodeType(child) === ELEMENT) enter(child as Element, at);
    else if (nodeType(child) === TEXT) {
      const length = lengthOf(nodeValue(child) ?? '');
      at.facts.text += length;
      at.facts.read += length;
      if (at.link) at.facts.inLinks += length;
    }
    if (count % SLICE === 0) yield;
  }
  return new Outline(all);
}

const isMain = (element: Element): boolean =>
  /^(?:ARTICLE|MAIN)$/i.test(nodeName(element)) || getAttribute(element, 'role') === 'main';

/** With one space for each run of white space, and none at the edges but one between neighbours. */
function lengthOf(text: string): number {
  const collapsed = text.replace(/[\s\u00a0]+/g, ' ').trim();
  return collapsed === '' ? 0 : collapsed.length + 1;
}

/** Completes an element, and adds what it has to its parent. */
function leave(facts: ElementFacts, root: boolean): void {
  const name = nodeName(facts.element).toUpperCase();
  if (name === 'A') facts.links++;
  if (name === 'P' && facts.text >= MIN_PARAGRAPH_LENGTH) facts.paragraphs++;
  if (name === 'INPUT' && !/^(?:hidden|submit|button)$/i.test(getAttribute(facts.element, 'type') ?? ''))
    facts.fields++;
  facts.noise = !root && isNoise(facts, name);
  if (facts.noise) facts.read = 0;
  const { parent } = facts;
  if (parent === undefined) return;
  for (const key of ['text', 'read', 'inLinks', 'links', 'paragraphs', 'fields'] as const)
    parent[key] += facts[key];
}

function isNoise(facts: ElementFacts, name: string): boolean {
  const { element, inMain } = facts;
  if (NOISE_TAGS.has(name) || NOISE_ROLES.test(getAttribute(element, 'role') ?? '')) return true;
  if ((name === 'FOOTER' || name === 'HEADER') && !inMain) return true;
  if (name === 'FORM') return facts.text < PER_FIELD * Math.max(1, facts.fields);
  const names = `${getAttribute(element, 'class') ?? ''} ${getAttribute(element, 'id') ?? ''}`;
  if (NOISE_NAMES.test(names)) return facts.paragraphs < MIN_PARAGRAPHS;
  return (name === 'UL' || name === 'OL' || name === 'TABLE') && isLinkList(facts);
}

const isLinkList = ({ links, inLinks, text }: ElementFacts): boolean =>
  links >= MIN_LINKS && inLinks >= MIN_LINKS_SHARE * text;
