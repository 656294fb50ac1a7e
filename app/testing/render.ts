/**
 * Component tests without a browser engine: renders a component into linkedom, finds elements as a person does (by role,
 * name and text), and acts on them as a person does.
 *
 *     const screen = render(<CopyButton text="Hello" />);
 *     await screen.click(screen.get('button', 'Copy'));
 *     expect(screen.text()).toContain('Copied');
 *
 * Import this file before the component under test: it installs `document`. After each test everything is unmounted,
 * and `localStorage` is empty again.
 */
import './dom.ts';
import { type ComponentChild, render as renderInto } from 'preact';
import { act } from 'preact/test-utils';
import { nameOf, oneLine, roleOf, textOf } from './aria.ts';
import { cleanUps } from './clean-ups.ts';
import { isShown, topLayer } from './dom.ts';
import { choose, click, fill, press, settled, type } from './user.ts';

export { nameOf, textOf } from './aria.ts';
export { setMedia } from './dom.ts';
export { settled } from './user.ts';

/** A string must be the whole name or text, with spaces collapsed; an expression must match a part of it. */
type Matcher = string | RegExp;

const matches = (text: string, matcher: Matcher | undefined): boolean =>
  matcher === undefined || (typeof matcher === 'string' ? text === oneLine(matcher) : matcher.test(text));

const mounted = new Set<HTMLElement>();

export function render(component: ComponentChild) {
  const root = document.createElement('div');
  document.body.append(root);
  mounted.add(root);
  const draw = (child: ComponentChild) => void act(() => renderInto(child, root));
  draw(component);
  return {
    root,
    /** Renders other properties into the same place. */
    rerender: draw,
    unmount: () => draw(null),
    ...queries(root),
    choose,
    click,
    fill,
    press,
    settled,
    type,
  };
}

export type Screen = ReturnType<typeof render>;

/** Queries for elements within `root` that are shown and not hidden from assistive technology. */
export function queries(root: Element) {
  const visible = (selector: string): HTMLElement[] =>
    [...root.querySelectorAll<HTMLElement>(selector)].filter(
      (element) => isShown(element) && element.closest('[aria-hidden="true"]') === null,
    );
  const all = (role: string, name?: Matcher): HTMLElement[] =>
    visible('*').filter((element) => roleOf(element) === role && matches(nameOf(element), name));
  const withText = (text: Matcher): HTMLElement[] => {
    const found = visible('*').filter((element) => matches(textOf(element), text));
    return found.filter((element) => !found.some((other) => other !== element && element.contains(other)));
  };
  const one = (found: readonly HTMLElement[], what: string): HTMLElement => {
    const [first] = found;
    if (first !== undefined && found.length === 1) return first;
    const problem = first === undefined ? 'There is no' : `There are ${found.length} of`;
    throw new Error(`${problem} ${what} in:\n${root.innerHTML}`);
  };
  return {
    /** The one element of a role, and of a name where it is given. Throws unless there is exactly one. */
    get: (role: string, name?: Matcher): HTMLElement =>
      one(all(role, name), `${role} ${name === undefined ? '' : JSON.stringify(String(name))}`),
    /** Like `get`; undefined where there is none. */
    query: (role: string, name?: Matcher): HTMLElement | undefined => {
      const found = all(role, name);
      return found.length === 0 ? undefined : one(found, `${role} ${String(name ?? '')}`);
    },
    all,
    /** The one innermost element with a text. */
    getText: (text: Matcher): HTMLElement => one(withText(text), `text ${JSON.stringify(String(text))}`),
    queryText: (text: Matcher): HTMLElement | undefined => withText(text)[0],
    /** All words that are shown, in one line. */
    text: (): string => textOf(root),
    /** The elements of a role by their names. */
    names: (role: string): string[] => all(role).map(nameOf),
  };
}

cleanUps.add(async () => {
  for (const root of mounted) {
    act(() => renderInto(null, root));
    root.remove();
  }
  mounted.clear();
  for (const open of topLayer()) open.hidePopover();
  localStorage.clear();
  await settled();
});
