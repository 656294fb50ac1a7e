/** Copies a text and says so for a moment, or that it could not. */
import { useState } from 'preact/hooks';
import { copyText } from './clipboard.ts';
import { t } from '../../i18n/index.ts';
import { Icon } from './icons.tsx';

/** Milliseconds. */
const SAID = 1600;
const ICONS = { copied: 'check', 'copy-failed': 'warning' } as const;

export function CopyButton({ text, label }: { text: string; label?: string }) {
  const [said, say] = useState<'copied' | 'copy-failed' | undefined>(undefined);
  const copy = async () => {
    say(
      await copyText(text.trim()).then(
        () => 'copied' as const,
        () => 'copy-failed' as const,
      ),
    );
    setTimeout(() => say(undefined), SAID);
  };
  return (
    <button type="button" class="button quiet little" onClick={() => void copy()}>
      <Icon name={said === undefined ? 'copy' : ICONS[said]} />
      <span aria-live="polite">{said === undefined ? (label ?? t('copy')) : t(said)}</span>
    </button>
  );
}
