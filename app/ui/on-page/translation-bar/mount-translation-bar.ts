/** Mounts the translation bar on a page: centred at the lower edge, above the phone's own bars. */
import { effect } from '@preact/signals';
import { t } from '../../../i18n/index.ts';
import { mountSurface } from '../surface.ts';
import type { TranslationController } from './translation-controller.ts';
import { translationShape } from './translation-model.ts';

const LOWER_EDGE = {
  inset: 'auto 0 max(8px, env(safe-area-inset-bottom)) 0',
  width: 'min(980px, 100vw - 16px)',
  height: '54px',
  margin: '0 auto',
  'border-radius': '14px',
  'box-shadow': '0 8px 32px rgb(40 20 10 / 22%), 0 1px 3px rgb(40 20 10 / 18%)',
};
/** Pixels between the bar and the edges of the window, both sides together. */
const MARGINS = 16;

/** `onLost` is called when the page does not allow the bar. Returns a function that removes it. */
export function mountTranslationBar(controller: TranslationController, onLost: () => void): () => void {
  const surface = mountSurface({
    name: 'bar',
    label: () => t('page-translation'),
    model: controller,
    shape: translationShape,
    room: () => window.innerHeight - MARGINS,
    onSize: ({ height }) => surface.style({ height: `${height}px` }),
    onLost() {
      // What cannot be stopped by the person must not go on.
      controller.restore();
      onLost();
    },
  });
  surface.style(LOWER_EDGE);
  const stop = effect(() => {
    if (controller.shown.value) surface.show();
    else surface.hide();
  });
  return () => {
    stop();
    surface.remove();
  };
}
