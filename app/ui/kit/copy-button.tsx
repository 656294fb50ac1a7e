/** Copies a text, and shows for a moment whether that succeeded. */
import { useState } from 'preact/hooks';
import { copyText } from './clipboard.ts';
import { t } from '../../i18n/index.ts';
import { Icon } from './icons.tsx';

/** Milliseconds for which the result is shown. */
const RESULT_MS = 1600;
const ICONS = { copied: 'check', 'copy-failed': 'warning' } as const;

export function CopyButton({ text, label }: { text: string; label?: string }) {
  const [result, setResult] = useState<keyof typeof ICONS | undefined>(undefined);
  const copy = async () => {
    try {
      await copyText(text.trim());
      setResult('copied');
    } catch {
      setResult('copy-failed');
    }
    setTimeout(() => setResult(undefined), RESULT_MS);
  };
  return (
    <button type="button" class="button quiet little" onClick={() => void copy()}>
      <Icon name={result === undefined ? 'copy' : ICONS[result]} />
      <span aria-live="polite">{result === undefined ? (label ?? t('copy')) : t(result)}</span>
    </button>
  );
}
