/**
 * The page that holds the worker with the engine: passes messages between it and runtime ports. Mostly an offscreen
 * document that nobody sees; where a browser has none it is a pinned tab, and then says what it is for.
 */
import { browser } from 'wxt/browser';
import { createBridge } from '../../app/protocol/port-relay.ts';
import { PORT_NAME } from '../../app/protocol/messages.ts';
import { answerWhetherThere, holdEngine } from '../../app/browser/offscreen-page.ts';

// An offscreen document sees only `runtime`.
const isTab = (browser as { tabs?: unknown }).tabs !== undefined;

let told = Promise.resolve();

function tell(text: 'engine-tab' | 'engine-elsewhere'): void {
  told = told.then(async () => {
    const { showEnginePage } = await import('../../app/ui/models/engine-page.tsx');
    await showEnginePage(document.getElementById('app')!, text);
  });
}

function start(): void {
  const bridge = createBridge(
    () => new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module', name: 'linnet' }),
  );
  browser.runtime.onConnect.addListener((port) => {
    if (port.name === PORT_NAME) bridge.accept(port);
  });
  if (!isTab) return;
  answerWhetherThere();
  tell('engine-tab');
}

void holdEngine(start, () => tell('engine-elsewhere'));
