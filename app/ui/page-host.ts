/**
 * A place of Linnet's own on a foreign page: an element in the top layer, its inside closed to the page's scripts
 * and styles. Whoever mounts it says when it is shown and where.
 */
import { directionOf, textLanguage } from '../i18n/index.ts';
import { type ComponentChild, render } from 'preact';
import tokensCss from './tokens.css?inline';
import controlsCss from './controls.css?inline';

export interface PageHost {
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

export function mountOnPage(name: string, css: string, view: ComponentChild): PageHost {
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
  render(view, root);
  return {
    host,
    root,
    style,
    show() {
      // The texts of another language come some time after the script.
      root.lang = textLanguage();
      root.dir = directionOf(root.lang);
      // At the end of the root element, not the body: some pages rewrite their body.
      if (!host.isConnected) document.documentElement.append(host);
      if (!host.matches(':popover-open')) host.showPopover();
    },
    hide: () => host.remove(),
    remove() {
      render(null, root);
      host.remove();
    },
  };
}
