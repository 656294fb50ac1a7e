/** The beginning of the text of a node, at a bounded cost: `textContent` of nested elements would be quadratic. */
import { following } from '../dom/following.ts';
import { nodeType, nodeValue, TEXT } from '../dom/pristine.ts';

/** Most nodes that are looked at. */
const NODES = 64;

/** At most `most` characters, white space collapsed; undefined if there is more, or more nodes than are looked at. */
export function shortText(root: Node, most: number): string | undefined {
  const { text, whole } = begin(root, most, NODES);
  return whole ? text : undefined;
}

/** The first characters, `most` at most, of the first `nodes` nodes. */
export const beginningOf = (root: Node, most: number, nodes: number): string => begin(root, most, nodes).text;

function begin(root: Node, most: number, nodes: number): { text: string; whole: boolean } {
  let text = '';
  let at: Node | null = root;
  for (let count = 0; at !== null; count++) {
    if (count >= nodes || text.length > most) return { text: text.slice(0, most), whole: false };
    if (nodeType(at) === TEXT) text += nodeValue(at) ?? '';
    at = following(at, root);
  }
  const collapsed = text.replace(/\s+/g, ' ').trim();
  return { text: collapsed.slice(0, most), whole: collapsed.length <= most };
}
