/** Where the control of a translated page lies: at the lower edge, in the middle, above the phone's own bars. */
import { effect } from '@preact/signals';
import { PageControl } from './translation-bar.tsx';
import controlCss from './translation-bar.css?inline';
import { mountOnPage } from '../shadow-host.ts';
import type { TranslationController } from './translation-controller.ts';
import surfaceCss from '../surface.css?inline';

const LOWER_EDGE = {
  inset: 'auto 0 max(8px, env(safe-area-inset-bottom)) 0',
  width: 'fit-content',
  margin: '0 auto',
};

/** Gives the way to remove it. */
export function mountPageControl(state: TranslationController): () => void {
  const place = mountOnPage(
    'linnet-control',
    [surfaceCss, controlCss].join('\n'),
    <PageControl state={state} />,
  );
  place.style(LOWER_EDGE);
  const stop = effect(() => {
    if (state.shown.value) place.show();
    else place.hide();
  });
  return () => {
    stop();
    place.remove();
  };
}
