/**
 * Keeps the CSS variable `--view-height` at the height that an on-screen keyboard leaves free, in CSS pixels. Chromium
 * shrinks the page because its HTML says `interactive-widget=resizes-content`. Other browsers only move the visual
 * viewport, and the keyboard would cover the field at the bottom. The pages set `minimum-scale=1`, because an element
 * that is too wide for a moment would otherwise leave the scale below 1.
 */
export function followViewport(): void {
  const view = visualViewport;
  if (view === null) return;
  const update = () => {
    // Pinch zoom divides the height by the scale. The page must not follow that.
    const free = Math.round(view.height * view.scale);
    document.documentElement.style.setProperty('--view-height', `${free}px`);
  };
  view.addEventListener('resize', update);
  update();
}
