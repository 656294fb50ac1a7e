/**
 * The page that hosts the engine's worker and forwards messages between the worker and runtime ports. Usually an
 * invisible offscreen document. In a browser without offscreen documents it is a pinned tab that explains its purpose.
 */
import { browser } from 'wxt/browser';
import { createPortRelay } from '../../app/protocol/port-relay.ts';
import { PORT_NAME } from '../../app/protocol/messages.ts';
import { senderOf } from '../../app/protocol/sender.ts';
import { ownExtension } from '../../app/browser/messages/own-messages.ts';
import { reportRules } from '../../app/browser/rules/rule-reports.ts';
import { answerEngineProbe, holdEngine } from '../../app/browser/offscreen-page.ts';

// An offscreen document has access to `runtime` only.
const isTab = (browser as { tabs?: unknown }).tabs !== undefined;

const own = ownExtension();

let shown = Promise.resolve();

/** Shows a text on the page; one at a time, so that the last one stays. */
function show(text: 'engine-tab' | 'engine-elsewhere'): void {
  shown = shown.then(async () => {
    const { showEnginePage } = await import('../../app/ui/models/engine-page.tsx');
    await showEnginePage(document.getElementById('app')!, text);
  });
}

function start(): void {
  const relay = createPortRelay(
    () => new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module', name: 'linnet' }),
    { onRules: (rules) => void reportRules(rules).catch(() => {}) },
  );
  browser.runtime.onConnect.addListener((port) => {
    if (port.name === PORT_NAME) relay.accept(port, senderOf(port.sender, own));
  });
  if (!isTab) return;
  answerEngineProbe();
  show('engine-tab');
}

void holdEngine(start, () => show('engine-elsewhere'));
