/**
 * Mounts a view on a foreign page: in the top layer, inside a closed shadow root that the page's scripts and styles
 * cannot reach. The caller decides when and where it is shown. Key events do not reach the page.
 */
import { directionOf, textLanguage } from '../../i18n/index.ts';
import { type ComponentChild, render } from 'preact';
import { usablePlace, watchDialogs } from './top-layer.ts';
import tokensCss from '../styles/tokens.css?inline';
import controlsCss from '../styles/controls.css?inline';

export interface ShadowHost {
  readonly host: HTMLElement;
  readonly root: HTMLElement;
  /** Sets CSS properties of the host, by name. */
  style(values: Readonly<Record<string, string>>): void;
  show(): void;
  hide(): void;
  remove(): void;
}

const RESET_STYLES = {
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
  style(RESET_STYLES);
  const shadow = host.attachShadow({ mode: 'closed' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync([tokensCss, controlsCss, css].join('\n'));
  shadow.adoptedStyleSheets = [sheet];
  const root = document.createElement('div');
  root.className = 'linnet';
  shadow.append(root);
  host.popover = 'manual';
  // Otherwise a letter typed to choose from a list would also trigger a shortcut of the site.
  for (const name of ['keydown', 'keypress', 'keyup']) {
    host.addEventListener(name, (event) => event.stopPropagation());
  }
  render(view, root);
  let unwatch: (() => void) | undefined;
  const attach = () => {
    const parent = usablePlace(document);
    if (host.parentNode !== parent) parent.append(host);
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
      // The texts of another language are loaded after the script.
      root.lang = textLanguage();
      root.dir = directionOf(root.lang);
      attach();
      unwatch ??= watchDialogs(document, attach);
    },
    hide,
    remove() {
      render(null, root);
      hide();
    },
  };
}
