/** The page of frameworks.spec.ts in Lit. */
import { html, nothing, render } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { first, hit, next } from './state.mjs';

export function mount(root) {
  let state = first;
  const on = (name) => () => hit(name);
  const draw = () => {
    const { town, more, shown, items, line } = state;
    render(
      html`<main>
        <h1>A day in ${town}</h1>
        <p id="one">Iris works ${more ? 'as a musician ' : nothing}<a href="#iris" data-name="a" @click=${on('a')}>every day</a> with <b data-name="b" @click=${on('b')}>her friend</b>${more ? html`<em data-name="em" @click=${on('em')}> and her dog</em>` : nothing}.</p>
        ${shown ? html`<p id="two">She wanted <span data-name="span" @click=${on('span')}>a new job</span>.</p>` : nothing}
        <ul>${repeat(
          items,
          (item) => item,
          (item) => html`<li>There is <i data-name=${item} @click=${on(item)}>${item}</i> here.</li>`,
        )}</ul>
        ${shown ? html`<p id="three">${line}</p>` : line}
      </main>`,
      root,
    );
  };
  draw();
  return {
    step() {
      state = next(state);
      draw();
    },
    unmount: () => render(nothing, root),
  };
}
