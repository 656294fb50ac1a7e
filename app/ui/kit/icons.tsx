/** Line icons on a grid of 24 by 24 units. They are hidden from screen readers; the button around an icon has the name. */
const paths = {
  summary: 'M4 6h16M4 11h10M4 16h13M4 21h7',
  translate: 'M4 5h9M8.5 3v2M6 5c0 4 3 7 6 8M11 5c0 4-3 7-7 8M13 21l4-9 4 9M14.5 18h5',
  chat: 'M4 5h16v11H11l-5 4v-4H4z',
  shield: 'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z',
  find: 'M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M15.5 15.5L21 21',
  stop: 'M7 7h10v10H7z',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  check: 'M5 13l4 4L19 7',
  again: 'M20 11a8 8 0 1 0-2 6M20 4v7h-7',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6L6 18',
  back: 'M15 5l-7 7 7 7',
  send: 'M12 20V5M5 12l7-7 7 7',
  page: 'M6 3h8l4 4v14H6zM14 3v4h4',
  tab: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  bin: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  warning: 'M12 4l9 16H3zM12 10v5M12 17.5v.5',
  folder: 'M3 6h6l2 2h10v11H3z',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  swap: 'M4 8h14M14 4l4 4-4 4M20 16H6M10 12l-4 4 4 4',
  pin: 'M9 4h6l-1 6 3 3v2H7v-2l3-3zM12 15v6',
  speak: 'M4 10v4h4l5 4V6l-5 4zM16.5 9a4 4 0 0 1 0 6M19 6.5a8 8 0 0 1 0 11',
  grip: 'M9 6v.01M9 12v.01M9 18v.01M15 6v.01M15 12v.01M15 18v.01',
  upload: 'M12 15V4M7 9l5-5 5 5M5 20h14',
  edit: 'M5 19l1-4L16 5l3 3L9 18zM14 7l3 3',
  pause: 'M8 5v14M16 5v14',
  play: 'M8 5l11 7-11 7z',
  gauge: 'M4 18a9 9 0 1 1 16 0M12 15l4-6M12 15.5v.5',
  chip: 'M7 7h10v10H7zM10 3v4M14 3v4M10 17v4M14 17v4M3 10h4M3 14h4M17 10h4M17 14h4',
  undo: 'M9 7L4 12l5 5M4 12h10a5 5 0 0 1 0 10h-2',
  more: 'M12 4a1 1 0 1 0 0 2 1 1 0 0 0 0-2zM12 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2zM12 18a1 1 0 1 0 0 2 1 1 0 0 0 0-2z',
  list: 'M8 6h12M8 12h12M8 18h12M4 6v.01M4 12v.01M4 18v.01',
  panel: 'M4 5h16v14H4zM14 5v14',
  gear: 'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM19 12l2-1-1.5-3.5-2.2.6-1.4-1.4.6-2.2L13 3l-1 2-1 0-1-2-3.5 1.5.6 2.2-1.4 1.4-2.2-.6L2 11l2 1 0 1-2 1 1.5 3.5 2.2-.6 1.4 1.4-.6 2.2L10 22l1-2 1 0 1 2 3.5-1.5-.6-2.2 1.4-1.4 2.2.6L22 14l-3-1z',
  pencil: 'M4 20l1-4L16 5l3 3L8 19zM14 7l3 3',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5L20 20',
  next: 'M9 5l7 7-7 7',
  prompts: 'M6 4h12v16l-6-4-6 4zM13.5 7l-3 6',
} as const;

/** Icons that are mirrored in right-to-left pages. */
const DIRECTED: readonly string[] = ['back', 'next', 'undo'];

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`glyph${DIRECTED.includes(name) ? ' directed' : ''}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

/** The logo for headers; the same drawing as assets/icon.svg. `size`: pixels. */
export function Bird({ size = 28 }: { size?: number }) {
  return <img src="/icons/linnet.svg" width={size} height={size} alt="" />;
}
