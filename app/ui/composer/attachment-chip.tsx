/** An attached text: its name and size, its beginning on request, and a button that removes it. */
import { useId, useState } from 'preact/hooks';
import { bytes, number, t } from '../../i18n/index.ts';
import type { AttachedText } from '../../protocol/files.ts';
import { Icon } from '../kit/icons.tsx';

/** Characters of the text that are shown. */
const SHOWN = 4000;

interface AttachmentChipProps {
  readonly attached: AttachedText;
  /** Whether the text would fit into the field. */
  readonly fits: boolean;
  onRemove(id: string): void;
  /** Puts the text into the field instead. */
  onInsert(attached: AttachedText): void;
}

export function AttachmentChip({ attached, fits, onRemove, onInsert }: AttachmentChipProps) {
  const [open, setOpen] = useState(false);
  const preview = useId();
  const { id, name, text } = attached;
  const label = name ?? t('attached-paste');
  return (
    <div class="attachment">
      <span class="chip small">
        <Icon name="page" />
        <button
          type="button"
          class="chip-open"
          aria-expanded={open}
          aria-controls={open ? preview : undefined}
          title={t(open ? 'attached-hide' : 'attached-show')}
          onClick={() => setOpen(!open)}
        >
          <span class="chip-title" dir="auto">
            {label}
          </span>
          <bdi class="chip-text soft">{bytes(text.length)}</bdi>
        </button>
        <button
          type="button"
          aria-label={t('attached-remove', { name: label })}
          title={t('attached-remove', { name: label })}
          onClick={() => onRemove(id)}
        >
          <Icon name="close" />
        </button>
      </span>
      {open && (
        <div class="attachment-preview" id={preview}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reached by keys. */}
          <pre dir="auto" tabIndex={0}>
            {text.slice(0, SHOWN)}
          </pre>
          {text.length > SHOWN && (
            <p class="small soft">{t('attached-more', { n: number(text.length - SHOWN) })}</p>
          )}
          {fits && (
            <button type="button" class="button little" onClick={() => onInsert(attached)}>
              <Icon name="undo" />
              {t('attached-insert')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
