/** Mounts the translation bar on a page: centred at the lower edge, above the phone's own bars. */
import { effect } from '@preact/signals';
import { TranslationBar } from './translation-bar.tsx';
import barCss from './translation-bar.css?inline';
import { mountOnPage } from '../shadow-host.ts';
import type { TranslationController } from './translation-controller.ts';
import surfaceCss from '../surface.css?inline';

const LOWER_EDGE = {
  inset: 'auto 0 max(8px, env(safe-area-inset-bottom)) 0',
  width: 'fit-content',
  margin: '0 auto',
};

/** Returns a function that removes it. */
export function mountTranslationBar(controller: TranslationController): () => void {
  const surface = mountOnPage(
    'linnet-control',
    [surfaceCss, barCss].join('\n'),
    <TranslationBar controller={controller} />,
  );
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
