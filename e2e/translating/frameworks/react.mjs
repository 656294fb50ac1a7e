/** The page of frameworks.spec.ts in React. */
import { createElement as e, useReducer } from 'react';
import { createRoot } from 'react-dom/client';
import { flushSync } from 'react-dom';
import { first, hit, next } from './state.mjs';

export function mount(root) {
  let dispatch;
  const on = (name) => ({ 'data-name': name, onClick: () => hit(name) });
  const App = () => {
    const [state, advance] = useReducer(next, first);
    dispatch = advance;
    return e(
      'main',
      null,
      e('h1', null, 'A day in ', state.town),
      e(
        'p',
        { id: 'one' },
        'Iris works ',
        state.more ? 'as a musician ' : null,
        e('a', { href: '#iris', ...on('a') }, 'every day'),
        ' with ',
        e('b', on('b'), 'her friend'),
        state.more && e('em', on('em'), ' and her dog'),
        '.',
      ),
      state.shown && e('p', { id: 'two' }, 'She wanted ', e('span', on('span'), 'a new job'), '.'),
      e(
        'ul',
        null,
        state.items.map((item) => e('li', { key: item }, 'There is ', e('i', on(item), item), ' here.')),
      ),
      state.shown ? e('p', { id: 'three' }, state.line) : state.line,
    );
  };
  const app = createRoot(root);
  flushSync(() => app.render(e(App)));
  return { step: () => flushSync(() => dispatch()), unmount: () => flushSync(() => app.unmount()) };
}
