/** Mounts the small bubble beside the paragraph that is pointed at. The pointer goes through it. */
import { effect } from '@preact/signals';
import { t } from '../../../i18n/index.ts';
import { documentElementOf } from '../../../page/dom/pristine.ts';
import { positionBeside } from '../anchor-position.ts';
import { mountSurface } from '../surface.ts';
import type { HoverController } from './hover-controller.ts';
import { hoverShape } from './hover-model.ts';

const WIDTH = 380;
/** Pixels between bubble and edges of the viewport, both sides together. */
const MARGINS = 16;
/** Pixels between paragraph and bubble. */
const GAP = 6;
/** Before anything is drawn: browsers put off the work of a frame without size. */
const UNDRAWN_HEIGHT = 44;

/** `onLost` is called when the page does not allow it. Returns a function that removes it. */
export function mountHover(controller: HoverController, onLost: () => void): () => void {
  const view = () => ({
    width: documentElementOf(document)?.clientWidth ?? window.innerWidth,
    height: window.innerHeight,
  });
  const surface = mountSurface({
    name: 'hover',
    label: () => t('translation'),
    model: controller,
    shape: hoverShape,
    room: () => view().height / 2,
    onSize: () => place(),
    onLost() {
      controller.end();
      onLost();
    },
  });
  surface.style({
    'border-radius': '10px',
    'box-shadow': '0 4px 16px rgb(40 20 10 / 20%)',
    'pointer-events': 'none',
  });

  function place(): void {
    const box = controller.pointed?.box();
    if (box === undefined) return;
    const around = view();
    const width = Math.min(WIDTH, around.width - MARGINS);
    const height = Math.min(surface.size()?.height ?? UNDRAWN_HEIGHT, around.height / 2);
    const { left, top } = positionBeside(box, { width, height }, around, GAP);
    surface.style({ width: `${width}px`, height: `${height}px`, left: `${left}px`, top: `${top}px` });
  }

  const stop = effect(() => {
    if (!controller.shown.value) return surface.hide();
    surface.show();
    place();
  });
  return () => {
    stop();
    surface.remove();
  };
}
