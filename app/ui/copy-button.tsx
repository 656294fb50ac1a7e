/** Copies a text and says so for a moment. */
import { useState } from 'preact/hooks';
import { copyText } from './clipboard.ts';
import { t } from '../i18n/index.ts';
import { Icon } from './icons.tsx';

export function CopyButton({ text, label }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await copyText(text.trim());
    setCopied(true);
    setTimeout(() => setCopied(false), 1600);
  };
  return (
    <button type="button" class="button quiet little" onClick={() => void copy()}>
      <Icon name={copied ? 'check' : 'copy'} />
      <span aria-live="polite">{copied ? t('copied') : (label ?? t('copy'))}</span>
    </button>
  );
}
