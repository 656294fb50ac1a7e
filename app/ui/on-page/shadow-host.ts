/**
 * A place of Linnet's own on a foreign page: an element in the top layer, its inside closed to the page's scripts
 * and styles. Whoever mounts it says when it is shown and where. What is typed in it is no business of the page.
 */
import { directionOf, textLanguage } from '../../i18n/index.ts';
import { type ComponentChild, render } from 'preact';
import { usablePlace, watchDialogs } from './top-layer.ts';
import tokensCss from '../styles/tokens.css?inline';
import controlsCss from '../styles/controls.css?inline';

export interface ShadowHost {
  readonly host: HTMLElement;
  readonly root: HTMLElement;
  /** In the viewport's CSS pixels, or any other length. */
  style(values: Readonly<Record<string, string>>): void;
  show(): void;
  hide(): void;
  remove(): void;
}

const BARE = {
  all: 'initial',
  position: 'fixed',
  inset: 'auto',
  margin: '0',
  padding: '0',
  border: '0',
  background: 'transparent',
  overflow: 'visible',
};

export function mountOnPage(name: string, css: string, view: ComponentChild): ShadowHost {
  const host = document.createElement(name);
  const style = (values: Readonly<Record<string, string>>) => {
    for (const [key, value] of Object.entries(values)) host.style.setProperty(key, value, 'important');
  };
  style(BARE);
  const shadow = host.attachShadow({ mode: 'closed' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync([tokensCss, controlsCss, css].join('\n'));
  shadow.adoptedStyleSheets = [sheet];
  const root = document.createElement('div');
  root.className = 'linnet';
  shadow.append(root);
  host.popover = 'manual';
  // Else a letter that chooses from a list would be a shortcut of the site as well.
  for (const name of ['keydown', 'keypress', 'keyup']) {
    host.addEventListener(name, (event) => event.stopPropagation());
  }
  render(view, root);
  let unwatch: (() => void) | undefined;
  const settle = () => {
    const place = usablePlace(document);
    if (host.parentNode !== place) place.append(host);
    if (!host.matches(':popover-open')) host.showPopover();
  };
  const hide = () => {
    unwatch?.();
    unwatch = undefined;
    host.remove();
  };
  return {
    host,
    root,
    style,
    show() {
      // The texts of another language come some time after the script.
      root.lang = textLanguage();
      root.dir = directionOf(root.lang);
      settle();
      unwatch ??= watchDialogs(document, settle);
    },
    hide,
    remove() {
      render(null, root);
      hide();
    },
  };
}
