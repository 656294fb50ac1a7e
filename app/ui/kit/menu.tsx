/**
 * A button that opens a small menu beside itself. The menu is a popover: it lies above everything, is closed by Escape
 * and by a click elsewhere, and arrow keys go through it (WAI-ARIA's menu button).
 */
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './icons.tsx';

export interface MenuItem {
  readonly label: string;
  readonly icon: IconName;
  readonly danger?: boolean;
  onChoose(): void;
}

/** Pixels between the menu and what is around it. */
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
    place(menu.current, button.current.getBoundingClientRect());
    entries(menu.current)[0]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const list = entries(event.currentTarget as HTMLElement);
    const at = list.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: list.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    list.at(to % list.length)?.focus();
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
        // The popover would be closed by this very click, and opened again by the next handler.
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
        onKeyDown={onKeyDown}
      >
        {items.map(({ label: name, icon, danger, onChoose }) => (
          <button
            key={name}
            type="button"
            role="menuitem"
            tabIndex={-1}
            class={`button quiet${danger === true ? ' danger' : ''}`}
            onClick={() => {
              menu.current?.hidePopover();
              onChoose();
            }}
          >
            <Icon name={icon} />
            {name}
          </button>
        ))}
      </div>
    </>
  );
}

const entries = (menu: HTMLElement): HTMLElement[] => [...menu.querySelectorAll<HTMLElement>('button')];

/** Under the button and ending with it; above where there is no room, and never beyond the window. */
function place(menu: HTMLElement, at: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const rtl = getComputedStyle(menu).direction === 'rtl';
  const left = rtl ? at.left : at.right - width;
  const below = at.bottom + GAP + height <= innerHeight;
  menu.style.left = `${Math.max(GAP, Math.min(left, innerWidth - width - GAP))}px`;
  menu.style.top = `${Math.max(GAP, below ? at.bottom + GAP : at.top - GAP - height)}px`;
}
