/**
 * A button that opens a menu beside it (the menu button pattern of WAI-ARIA). The menu is a popover: it is above
 * everything else, and Escape or a click elsewhere closes it. Arrow keys, Home and End move through it.
 */
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './icons.tsx';

export interface MenuItem {
  readonly label: string;
  readonly icon: IconName;
  readonly danger?: boolean;
  onChoose(): void;
}

/** Pixels between the menu and the button, and between the menu and the edges of the window. */
const GAP = 4;

export function Menu({ label, items }: { label: string; items: readonly MenuItem[] }) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);

  useLayoutEffect(() => {
    const element = menu.current;
    const onToggle = (event: Event) => setOpen((event as ToggleEvent).newState === 'open');
    element?.addEventListener('toggle', onToggle);
    return () => element?.removeEventListener('toggle', onToggle);
  }, []);

  const show = () => {
    if (menu.current === null || button.current === null) return;
    menu.current.showPopover();
    position(menu.current, button.current.getBoundingClientRect());
    entries(menu.current)[0]?.focus();
  };

  return (
    <>
      <button
        ref={button}
        type="button"
        class="button quiet icon"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={id}
        aria-label={label}
        title={label}
        // The browser closes an open popover at this click. Without `popovertarget` the handler would open it again.
        popovertarget={open ? id : undefined}
        onClick={() => !open && show()}
      >
        <Icon name="more" />
      </button>
      <div
        ref={menu}
        id={id}
        class="menu"
        role="menu"
        aria-label={label}
        popover="auto"
        onKeyDown={moveFocus}
      >
        {items.map((item) => (
          <MenuEntry key={item.label} item={item} onClose={() => menu.current?.hidePopover()} />
        ))}
      </div>
    </>
  );
}

function MenuEntry({ item, onClose }: { item: MenuItem; onClose(): void }) {
  const { label, icon, danger, onChoose } = item;
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      class={`button quiet${danger === true ? ' danger' : ''}`}
      onClick={() => {
        onClose();
        onChoose();
      }}
    >
      <Icon name={icon} />
      {label}
    </button>
  );
}

/** Moves the focus through the entries of the menu that received the key. */
function moveFocus(event: KeyboardEvent): void {
  const list = entries(event.currentTarget as HTMLElement);
  const index = list.indexOf(document.activeElement as HTMLElement);
  const next = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: list.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  list.at(next % list.length)?.focus();
}

const entries = (menu: HTMLElement): HTMLElement[] => [...menu.querySelectorAll<HTMLElement>('button')];

/**
 * Places the menu below the button, aligned with the button's end; above it if there is no room below, and always within
 * the window. `button`: its rectangle in pixels.
 */
function position(menu: HTMLElement, button: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const rtl = getComputedStyle(menu).direction === 'rtl';
  const left = rtl ? button.left : button.right - width;
  const below = button.bottom + GAP + height <= innerHeight;
  menu.style.left = `${Math.max(GAP, Math.min(left, innerWidth - width - GAP))}px`;
  menu.style.top = `${Math.max(GAP, below ? button.bottom + GAP : button.top - GAP - height)}px`;
}
