/**
 * The page that holds the worker with the engine: passes messages between it and runtime ports. Mostly an offscreen
 * document that nobody sees; where a browser has none it is a pinned tab, and then says what it is for.
 */
import { browser } from 'wxt/browser';
import { createBridge } from '../../app/protocol/bridge.ts';
import { PORT_NAME } from '../../app/protocol/frames.ts';
import { answerWhetherThere } from '../../app/protocol/offscreen-page.ts';

const bridge = createBridge(
  () => new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module', name: 'linnet' }),
);

browser.runtime.onConnect.addListener((port) => {
  if (port.name === PORT_NAME) bridge.accept(port);
});

// An offscreen document sees only `runtime`.
if ((browser as { tabs?: unknown }).tabs !== undefined) {
  answerWhetherThere();
  const { showEnginePage } = await import('../../app/ui/engine-page.tsx');
  await showEnginePage(document.getElementById('app')!);
}
