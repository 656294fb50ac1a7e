import { parseHTML } from 'linkedom';
import { expect, it } from 'vitest';
import { closestAcross, containsAcross, parentAcross, shownChildren } from './flat-tree.ts';
import { layoutByName, paragraphsOf } from './paragraphs.ts';

/**
 * `<bird-card>` with a named slot for the title, its own text, and a slot for the rest. Fakes slots, which linkedom
 * lacks.
 */
function page() {
  const { document } = parseHTML(
    '<html><body lang="en"><p>Before</p><bird-card>One<h2 slot="title">Linnet</h2><p>Two</p></bird-card><p>After</p></body></html>',
  );
  const card = document.querySelector('bird-card') as unknown as Element;
  const [one, title, two] = card.childNodes as unknown as [ChildNode, ChildNode, ChildNode];
  const shadow = card.attachShadow({ mode: 'open' });
  shadow.innerHTML = '<header><slot name="title"></slot></header><p>It sings.</p><div><slot></slot></div>';
  const assigned: [string, ChildNode[]][] = [
    ['slot[name]', [title]],
    ['div > slot', [one, two]],
  ];
  for (const [slot, nodes] of assigned)
    Object.assign(shadow.querySelector(slot)!, { assignedNodes: () => nodes });
  Object.assign(shadow, { host: card });
  return { body: document.body as unknown as Element, card, shadow };
}

it('shows the content of a shadow root, with assigned nodes at the place of their slots', () => {
  const { body, card, shadow } = page();
  expect([...shownChildren(card)].map(({ nodeName }) => nodeName)).toEqual(['HEADER', 'P', 'DIV']);
  const paragraphs = paragraphsOf(body, layoutByName);
  expect(paragraphs.map(({ nodes }) => nodes.map(({ textContent }) => textContent).join('|'))).toEqual([
    'Before',
    'Linnet',
    'It sings.',
    'One',
    'Two',
    'After',
  ]);
  expect(paragraphs[3]!.parent).toBe(shadow.querySelector('div'));
});

it('finds parents and ancestors across shadow roots', () => {
  const { body, card, shadow } = page();
  const own = shadow.querySelector('p')!;
  const before = body.firstElementChild!;
  const inRoot = (node: Node) => Object.assign(node, { getRootNode: () => shadow });
  inRoot(own);
  expect([parentAcross(own), closestAcross(own, '[lang]'), containsAcross(body, own)]).toEqual([
    card,
    body,
    true,
  ]);
  expect(containsAcross(before, own)).toBe(false);
});

it('does not take a picture with the name `host` for the host of the document', () => {
  const { document } = parseHTML('<html><body><img name="host"><p>One</p></body></html>');
  const picture = document.querySelector('img')!;
  Object.defineProperty(document, 'host', { value: picture });
  expect(parentAcross(document.documentElement as unknown as Element)).toBeNull();
});

it('shows slots with more nodes than a call may have arguments', () => {
  const { document } = parseHTML('<html><body><slot></slot></body></html>');
  const nodes = Array.from({ length: 200_000 }, () => document.createTextNode('x'));
  const slot = document.querySelector('slot')!;
  Object.setPrototypeOf(
    slot,
    Object.create(Object.getPrototypeOf(slot), { assignedNodes: { value: () => nodes } }),
  );
  expect(shownChildren(document.body as unknown as Element)).toHaveLength(200_000);
});
