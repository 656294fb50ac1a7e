/**
 * The part of the window that an on-screen keyboard leaves free. Chromium shrinks the page by itself where its HTML
 * says `interactive-widget=resizes-content`; other browsers only move the visual viewport, and the field at the foot
 * of the page would lie under the keyboard. `--view-height` follows it. The pages' `minimum-scale=1` keeps the scale
 * from falling below 1, where an element that is too wide for a moment would else leave it.
 */
export function followViewport(): void {
  const view = visualViewport;
  if (view === null) return;
  const follow = () => {
    // Pinch zoom shrinks the visual viewport too, by its scale; the page must not follow that.
    const free = Math.round(view.height * view.scale);
    document.documentElement.style.setProperty('--view-height', `${free}px`);
  };
  view.addEventListener('resize', follow);
  follow();
}
