import { render } from '../../testing/render.ts';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Menu, type MenuItem } from './menu.tsx';

const onChoose = vi.fn<(label: string) => void>();
const item = (label: string): MenuItem => ({ label, icon: 'gear', onChoose: () => onChoose(label) });
const items = ['Rename', 'Save', 'Delete'].map(item);

beforeEach(() => onChoose.mockClear());

async function openMenu() {
  const screen = render(<Menu label="More actions" items={items} />);
  await screen.click(screen.get('button', 'More actions'));
  return screen;
}
const focused = () => document.activeElement?.textContent;

describe('a menu', () => {
  it('is closed at first, and opens with the focus on its first entry', async () => {
    const screen = render(<Menu label="More actions" items={items} />);
    const button = screen.get('button', 'More actions');
    expect(button.getAttribute('aria-haspopup')).toBe('menu');
    expect(button.getAttribute('aria-expanded')).toBe('false');
    expect(screen.query('menu')).toBeUndefined();
    await screen.click(button);
    expect(button.getAttribute('aria-expanded')).toBe('true');
    expect(screen.get('menu', 'More actions').id).toBe(button.getAttribute('aria-controls'));
    expect(screen.names('menuitem')).toEqual(['Rename', 'Save', 'Delete']);
    expect(focused()).toBe('Rename');
  });

  it('moves through its entries by arrow keys, Home and End, in a circle', async () => {
    const screen = await openMenu();
    const focusAfter = async (key: string) => {
      await screen.press(key);
      return focused();
    };
    expect(await focusAfter('ArrowDown')).toBe('Save');
    expect(await focusAfter('End')).toBe('Delete');
    expect(await focusAfter('ArrowDown')).toBe('Rename');
    expect(await focusAfter('ArrowUp')).toBe('Delete');
    expect(await focusAfter('ArrowUp')).toBe('Save');
    expect(await focusAfter('Home')).toBe('Rename');
    expect(await focusAfter('x')).toBe('Rename');
  });

  it('closes when an entry is chosen, and calls it once', async () => {
    const screen = await openMenu();
    await screen.press('ArrowDown');
    await screen.press('Enter');
    expect(onChoose.mock.calls).toEqual([['Save']]);
    expect(screen.query('menu')).toBeUndefined();
    expect(document.activeElement).toBe(screen.get('button', 'More actions'));
  });

  it('closes by Escape and by its button, without a choice', async () => {
    const screen = await openMenu();
    const button = screen.get('button', 'More actions');
    await screen.press('Escape');
    expect(screen.query('menu')).toBeUndefined();
    expect(document.activeElement).toBe(button);
    await screen.click(button);
    expect(screen.query('menu')).toBeDefined();
    await screen.click(button);
    expect(screen.query('menu')).toBeUndefined();
    expect(button.getAttribute('aria-expanded')).toBe('false');
    expect(onChoose).not.toHaveBeenCalled();
  });

  it.each([
    { what: 'below the button, aligned with its end', top: 40, dir: 'ltr', expected: ['100px', '64px'] },
    {
      what: 'aligned with the start in right-to-left pages',
      top: 40,
      dir: 'rtl',
      expected: ['180px', '64px'],
    },
    {
      what: 'above the button at the foot of the window',
      top: 740,
      dir: 'ltr',
      expected: ['100px', '636px'],
    },
  ])('is placed $what', async ({ top, dir, expected }) => {
    const screen = render(
      <div dir={dir as 'ltr' | 'rtl'}>
        <Menu label="More actions" items={items} />
      </div>,
    );
    const button = screen.get('button', 'More actions');
    const rect = { left: 180, right: 200, top, bottom: top + 20 };
    Object.assign(button, { getBoundingClientRect: () => rect });
    const menu = screen.root.querySelector<HTMLElement>('[role="menu"]')!;
    Object.assign(menu, { offsetWidth: 100, offsetHeight: 100 });
    await screen.click(button);
    expect([menu.style.left, menu.style.top]).toEqual(expected);
  });
});
