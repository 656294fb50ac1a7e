/**
 * The element of Linnet on a foreign page: in the top layer, with a closed shadow root. A page finds every element of its
 * document, so it can style, move and remove this one too; here it is put right, a few times. It is a `div`, since a page
 * may define every element whose name has a hyphen, and gets the closed root of such an element.
 *
 * Nothing private may stand in the root itself: `window.find()` and the selection read it, closed or not. What Linnet
 * shows is in a frame of its own origin (frame-link.ts).
 */
import { createElement } from '../../page/dom/pristine-document.ts';
import { boxOf, isConnected, matches, offsetWidthOf, parentNode } from '../../page/dom/pristine.ts';
import { appendTo, usablePlace, watchTopLayer } from './top-layer.ts';

/** The element is put right this many times within {@link PERIOD_MS}; then Linnet gives up. */
const MAX_REPAIRS = 4;
const PERIOD_MS = 10_000;
/** Times within {@link PERIOD_MS} that it is put above what the page has put on top; a page may do that as often. */
const MAX_RAISES = 20;
/** Smaller differences are those of rounding. */
const LEAST_ZOOM = 0.01;

const RESET_STYLES = {
  all: 'initial',
  display: 'block',
  position: 'fixed',
  inset: 'auto',
  margin: '0',
  padding: '0',
  border: '0',
  background: 'transparent',
  overflow: 'visible',
};

export class PageHost {
  readonly element: HTMLElement;
  readonly root: ShadowRoot;
  private readonly styles = new Map<string, string>();
  private readonly onLost: () => void;
  private readonly now: () => number;
  private readonly attributes: MutationObserver;
  private unwatch: (() => void) | undefined;
  private repairs: number[] = [];
  private raises: number[] = [];

  /** `onLost` is called when the page changes the element again and again; it is hidden by then. */
  constructor(onLost: () => void, now: () => number = () => performance.now()) {
    this.onLost = onLost;
    this.now = now;
    this.element = createElement(document, 'div');
    this.root = this.element.attachShadow({ mode: 'closed' });
    this.attributes = new MutationObserver(() => this.repair(() => this.reset()));
    this.style(RESET_STYLES);
    this.reset();
  }

  /** Sets CSS properties of the element by name, with priority over those of the page. */
  style(values: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(values)) {
      this.styles.delete(name);
      this.styles.set(name, value);
      this.element.style.setProperty(name, value, 'important');
    }
    this.attributes.takeRecords();
  }

  /** Adds the element to the page, or moves it to where it is usable. */
  show(): void {
    this.attach();
    if (this.unwatch !== undefined) return;
    this.attributes.observe(this.element, { attributes: true, childList: true });
    this.unwatch = watchTopLayer(document, {
      changed: () => {
        if (!this.isInPlace()) this.repair(() => this.attach());
      },
      covered: (by) => {
        if (by !== this.element) this.raise();
      },
    });
    this.undoZoom();
  }

  /**
   * Gives the element its own size where a style sheet zooms the page: the zoom of the root element is that of all in it,
   * also in the top layer.
   */
  undoZoom(): void {
    const { width } = boxOf(this.element);
    const own = offsetWidthOf(this.element);
    if (!(width > 0 && own > 0) || Math.abs(width / own - 1) < LEAST_ZOOM) return;
    this.style({ zoom: `${(this.zoom * own) / width}` });
  }

  /** The zoom that the element has been given. */
  get zoom(): number {
    return Number(this.styles.get('zoom') ?? 1);
  }

  hide(): void {
    this.unwatch?.();
    this.unwatch = undefined;
    this.attributes.disconnect();
    this.element.remove();
  }

  /** What was shown last is on top. The frame stays as it is: it is rendered all the time. */
  private raise(): void {
    const now = this.now();
    this.raises = [...this.raises.filter((at) => at > now - PERIOD_MS), now];
    if (this.raises.length > MAX_RAISES) return;
    if (!this.isInPlace()) {
      this.attach();
      return;
    }
    this.element.hidePopover();
    this.element.showPopover();
  }

  private isInPlace(): boolean {
    const { element } = this;
    return (
      isConnected(element) &&
      parentNode(element) === usablePlace(document) &&
      matches(element, ':popover-open')
    );
  }

  private attach(): void {
    const parent = usablePlace(document);
    if (parent === undefined) return;
    if (parentNode(this.element) !== parent) appendTo(parent, this.element);
    if (!matches(this.element, ':popover-open')) this.element.showPopover();
  }

  /** A page that undoes each repair at once would otherwise keep the browser busy for ever. */
  private repair(work: () => void): void {
    if (this.unwatch === undefined) return;
    const now = this.now();
    this.repairs = [...this.repairs.filter((at) => at > now - PERIOD_MS), now];
    if (this.repairs.length <= MAX_REPAIRS) {
      work();
      return;
    }
    this.hide();
    this.onLost();
  }

  private reset(): void {
    const { element } = this;
    for (const name of element.getAttributeNames()) {
      if (name !== 'popover' && name !== 'style') element.removeAttribute(name);
    }
    element.replaceChildren();
    element.style.cssText = '';
    this.style(Object.fromEntries(this.styles));
    if (element.popover !== 'manual') element.popover = 'manual';
    if (this.unwatch !== undefined) this.attach();
    this.attributes.takeRecords();
  }
}
