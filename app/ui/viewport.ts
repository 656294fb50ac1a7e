/**
 * The part of the window that an on-screen keyboard leaves free. Chromium shrinks the page by itself where its HTML
 * says `interactive-widget=resizes-content`; other browsers only move the visual viewport, and the field at the foot
 * of the page would lie under the keyboard. `--view-height` follows it.
 */
export function followViewport(): void {
  const view = visualViewport;
  if (view === null) return;
  const follow = () => {
    // Pinch zoom shrinks the visual viewport too; the page must not follow that.
    const free = view.scale === 1 ? `${Math.round(view.height)}px` : '100dvh';
    document.documentElement.style.setProperty('--view-height', free);
  };
  view.addEventListener('resize', follow);
  follow();
}
