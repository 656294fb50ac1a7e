/**
 * The page of frameworks.spec.ts as Angular changes a document: texts are written into text nodes that it keeps, what comes
 * and goes stands before a comment, and what goes is removed from the parent that it was put into.
 */
import { first, hit, next } from './state.mjs';

const element = (name, attributes, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};
const pressed = (name, attributes, kind, ...children) => {
  const made = element(kind, { ...attributes, 'data-name': name }, ...children);
  made.addEventListener('click', () => hit(name));
  return made;
};

/** Views before an anchor, each with the nodes that it is made of. */
class Container {
  views = new Map();
  constructor(parent, anchor) {
    this.parent = parent;
    this.anchor = anchor;
  }

  /** `wanted`: the key of each view in order, and how its nodes are made. */
  update(wanted) {
    for (const [key, nodes] of this.views) {
      if (wanted.some(([other]) => other === key)) continue;
      for (const node of nodes) this.parent.removeChild(node);
      this.views.delete(key);
    }
    let before = this.anchor;
    for (const [key, make] of [...wanted].reverse()) {
      const nodes = this.views.get(key) ?? make();
      this.views.set(key, nodes);
      for (const node of [...nodes].reverse()) {
        this.parent.insertBefore(node, before);
        before = node;
      }
    }
  }
}

export function mount(root) {
  let state = first;
  const town = document.createTextNode('');
  const line = document.createTextNode('');
  const [moreAt, emAt, twoAt, itemAt, threeAt] = Array.from({ length: 5 }, () =>
    document.createComment('container'),
  );
  const one = element(
    'p',
    { id: 'one' },
    'Iris works ',
    moreAt,
    pressed('a', { href: '#iris' }, 'a', 'every day'),
    ' with ',
    pressed('b', {}, 'b', 'her friend'),
    emAt,
    '.',
  );
  const list = element('ul', {}, itemAt);
  const main = element('main', {}, element('h1', {}, 'A day in ', town), one, twoAt, list, threeAt);
  root.append(main);
  const [more, em, two, items, three] = [
    new Container(one, moreAt),
    new Container(one, emAt),
    new Container(main, twoAt),
    new Container(list, itemAt),
    new Container(main, threeAt),
  ];
  const bind = (node, value, last) => {
    if (value !== last) node.nodeValue = value;
    return value;
  };
  let [lastTown, lastLine] = ['', ''];
  const draw = () => {
    lastTown = bind(town, state.town, lastTown);
    lastLine = bind(line, state.line, lastLine);
    more.update(state.more ? [['more', () => [document.createTextNode('as a musician ')]]] : []);
    em.update(state.more ? [['em', () => [pressed('em', {}, 'em', ' and her dog')]]] : []);
    two.update(
      state.shown
        ? [
            [
              'two',
              () => [
                element('p', { id: 'two' }, 'She wanted ', pressed('span', {}, 'span', 'a new job'), '.'),
              ],
            ],
          ]
        : [],
    );
    items.update(
      state.items.map((item) => [
        item,
        () => [element('li', {}, 'There is ', pressed(item, {}, 'i', item), ' here.')],
      ]),
    );
    three.update([[String(state.shown), () => [state.shown ? element('p', { id: 'three' }, line) : line]]]);
  };
  draw();
  return {
    step() {
      state = next(state);
      draw();
    },
    unmount: () => root.removeChild(main),
  };
}
