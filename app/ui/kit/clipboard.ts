import { fail } from '../../../engine/index.ts';

/**
 * Copies a text to the clipboard; rejects if the browser refuses. Pages without encryption have no clipboard API, not
 * even for the elements that Linnet adds to them, so the older `copy` command is used there.
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
