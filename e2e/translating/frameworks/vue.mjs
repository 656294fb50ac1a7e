/** The page of frameworks.spec.ts in Vue. */
import { createApp, Fragment, h, nextTick, shallowRef } from 'vue';
import { first, hit, next } from './state.mjs';

export function mount(root) {
  const state = shallowRef(first);
  const on = (name) => ({ 'data-name': name, onClick: () => hit(name) });
  const app = createApp({
    render() {
      const { town, more, shown, items, line } = state.value;
      return h('main', [
        h('h1', ['A day in ', town]),
        h('p', { id: 'one' }, [
          'Iris works ',
          more ? 'as a musician ' : null,
          h('a', { href: '#iris', ...on('a') }, 'every day'),
          ' with ',
          h('b', on('b'), 'her friend'),
          more ? h('em', on('em'), ' and her dog') : null,
          '.',
        ]),
        shown
          ? h(Fragment, [h('p', { id: 'two' }, ['She wanted ', h('span', on('span'), 'a new job'), '.'])])
          : null,
        h(
          'ul',
          items.map((item) => h('li', { key: item }, ['There is ', h('i', on(item), item), ' here.'])),
        ),
        shown ? h('p', { id: 'three' }, line) : line,
      ]);
    },
  });
  app.mount(root);
  return {
    step: () => {
      state.value = next(state.value);
      return nextTick();
    },
    unmount: () => app.unmount(),
  };
}
