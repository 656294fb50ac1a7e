/** The offscreen page: passes messages between runtime ports and the worker that holds the engine. */
import { browser } from 'wxt/browser';
import { createBridge } from '../../app/protocol/bridge.ts';
import { PORT_NAME } from '../../app/protocol/frames.ts';

const bridge = createBridge(
  () => new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module', name: 'linnet' }),
);

browser.runtime.onConnect.addListener((port) => {
  if (port.name === PORT_NAME) bridge.accept(port);
});
