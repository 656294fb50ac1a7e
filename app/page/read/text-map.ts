/** The visible text of a page, as a person would search in it, and where in the document each character is. */
import { withoutInvisible } from '../../text/characters/invisible.ts';
import { BLOCKS, SILENT } from '../dom/block-text.ts';
import { shownChildren } from '../dom/flat-tree.ts';
import { TRANSLATION_TAG } from '../dom/masks.ts';
import { bodyOf, ELEMENT, isRendered, nameOf, nodeType, nodeValue, TEXT } from '../dom/pristine.ts';

export interface TextMap {
  /**
   * As the reader gives it (app/page/picture): without readings of ruby and characters that nobody sees. White space is
   * collapsed to one space; `\n` separates blocks.
   */
  readonly text: string;
  readonly nodes: readonly Text[];
  /** For each of `nodes`, ascending: where in `text` it begins. */
  readonly starts: readonly number[];
}

/** The index in `nodes` of the one that has the character at `at`, or the one before a separator. */
function indexAt({ starts }: TextMap, at: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

export const nodeAt = (map: TextMap, at: number): Text => map.nodes[indexAt(map, at)]!;

/** The place in the document of the character at `at`, which is no white space. */
export function placeOf(map: TextMap, at: number): { readonly node: Text; readonly offset: number } {
  const index = indexAt(map, at);
  const [node, start] = [map.nodes[index]!, map.starts[index]!];
  const data = nodeValue(node) ?? '';
  const seen = withoutInvisible(data);
  let spaced = start === 0 || /\s/.test(map.text[start - 1]!);
  let passed = start;
  for (let offset = 0, next = 0; offset < data.length; offset++) {
    const space = /\s/.test(data[offset]!);
    // Characters that nobody sees are not in the map.
    if (data[offset] !== seen[next] && !(space && /\s/.test(seen[next] ?? ''))) continue;
    next++;
    if (!(space && spaced) && passed++ === at) return { node, offset };
    spaced = space;
  }
  return { node, offset: data.length - 1 };
}

/** Collects a text piece by piece. */
class TextMapper {
  readonly nodes: Text[] = [];
  readonly starts: number[] = [];
  private readonly pieces: string[] = [];
  private length = 0;
  /** The text is empty or ends with white space. */
  private spaced = true;

  get text(): string {
    return this.pieces.join('');
  }

  add(node: Text): void {
    const collapsed = withoutInvisible(nodeValue(node) ?? '').replace(/\s+/g, ' ');
    const text = this.spaced ? collapsed.replace(/^ /, '') : collapsed;
    if (text === '') return;
    this.nodes.push(node);
    this.starts.push(this.length);
    this.push(text);
  }

  /** A line break takes the place of a space. */
  separate(by: ' ' | '\n'): void {
    if (!this.spaced) this.push(by);
    else if (by === '\n' && this.length > 0) {
      const last = this.pieces.pop()!;
      this.pieces.push(`${last.slice(0, -1)}\n`);
    }
  }

  private push(text: string): void {
    this.pieces.push(text);
    this.length += text.length;
    this.spaced = /\s$/.test(text.slice(-1));
  }
}

const LEFT_OUT: ReadonlySet<string> = new Set([...SILENT, TRANSLATION_TAG, 'RT', 'RP', 'RTC']);

/** An element whose children are being read. */
interface Open {
  readonly children: readonly ChildNode[];
  next: number;
  readonly block: boolean;
}

/** Steps over the nodes once, without recursion. */
export function textMap(doc: Document): TextMap {
  const mapper = new TextMapper();
  const open: Open[] = [];
  const enter = (element: Element, block: boolean) => {
    if (block) mapper.separate('\n');
    open.push({ children: shownChildren(element), next: 0, block });
  };
  const body: Element | null = bodyOf(doc);
  if (body !== null) enter(body, false);
  for (let at = open.at(-1); at !== undefined; at = open.at(-1)) {
    const child = at.children[at.next++];
    if (child === undefined) {
      if (at.block) mapper.separate('\n');
      open.pop();
    } else if (nodeType(child) === TEXT) mapper.add(child as Text);
    else if (nodeType(child) === ELEMENT) {
      const name = nameOf(child);
      if (LEFT_OUT.has(name) || !isRendered(child as unknown as Element)) continue;
      if (name === 'BR') mapper.separate(' ');
      enter(child as unknown as Element, BLOCKS.has(name));
    }
  }
  const { text, nodes, starts } = mapper;
  return { text, nodes, starts };
}
