import { fail } from '../../../engine/index.ts';

/**
 * Copying; rejects where the browser refuses it. Pages without encryption have no clipboard API, also for what Linnet
 * puts into them.
 */
export async function copyText(text: string): Promise<void> {
  const { clipboard } = navigator as { clipboard?: Clipboard };
  if (clipboard !== undefined) return clipboard.writeText(text);
  const onCopy = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener('copy', onCopy, { capture: true, once: true });
  const copied = document.execCommand('copy');
  document.removeEventListener('copy', onCopy, { capture: true });
  if (!copied) fail('request-invalid', { who: 'clipboard', message: 'the browser copied nothing' });
}
