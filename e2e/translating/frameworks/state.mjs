/** What the pages of frameworks.spec.ts show, step by step: parts come and go, lists are turned around, texts change. */
export const first = {
  town: 'Ashdale',
  more: true,
  shown: true,
  items: ['red chair', 'brown hen', 'old tree'],
  line: 'He came home late.',
};

let steps = 0;
const STEPS = [
  (state) => ({ ...state, more: false, town: 'Northend' }),
  (state) => ({ ...state, items: [...state.items].reverse(), line: 'She came home early.' }),
  (state) => ({ ...state, shown: false }),
  (state) => ({ ...state, shown: true, more: true, items: ['small boat', ...state.items.slice(1)] }),
  (state) => ({ ...state, items: [], line: 'Nobody came home.' }),
];

export const next = (state) => STEPS[steps++ % STEPS.length](state);

/** Counts a press of an element. */
export function hit(name) {
  globalThis.hits ??= {};
  globalThis.hits[name] = (globalThis.hits[name] ?? 0) + 1;
}
