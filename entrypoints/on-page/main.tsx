/** The frame on web pages that shows the bubble or the translation bar; see app/ui/on-page/frame/. */
import { awaitLink, createFrameApp } from '../../app/ui/on-page/frame/frame-app.tsx';
import type { FromFrame, ToFrame } from '../../app/ui/on-page/frame/messages.ts';
import { reportSize } from '../../app/ui/on-page/frame/report-size.ts';
import { Sight } from '../../app/ui/on-page/frame/sight.ts';
import { trustedOnly } from '../../app/ui/on-page/frame/trusted-only.ts';
import '../../app/ui/styles/tokens.css';
import '../../app/ui/styles/controls.css';
import '../../app/ui/styles/sent.css';
import '../../app/ui/on-page/surface.css';
import '../../app/ui/kit/rules/rules.css';
import '../../app/ui/on-page/bubble/bubble.css';
import '../../app/ui/on-page/hover/hover.css';
import '../../app/ui/on-page/words/words.css';
import '../../app/ui/on-page/translation-bar/translation-bar.css';

trustedOnly(window);
awaitLink(location.hash, (name, port) => {
  const root = document.getElementById('app')!;
  const sight = new Sight(root);
  const post = (message: FromFrame) => port.postMessage(message);
  const receive = createFrameApp(name, root, () => sight.seenFor(), post);
  const measure = reportSize(root, (size) => post({ kind: 'size', size }));
  port.onmessage = ({ data }) => {
    receive(data as ToFrame);
    setTimeout(measure);
  };
  window.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || name !== 'bubble') return;
    event.preventDefault();
    post({ kind: 'act', name: 'close', args: [], seenFor: undefined });
  });
  post({ kind: 'ready' });
});
