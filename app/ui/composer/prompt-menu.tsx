/** The list of saved prompts above the field, a WAI-ARIA listbox. The field keeps the focus. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import type { LibraryEntry } from '../state/prompt-library.ts';

export const promptOptionId = (menu: string, index: number): string => `${menu}-${index}`;

interface PromptMenuProps {
  readonly id: string;
  readonly entries: readonly LibraryEntry[];
  /** Index of the selected entry. */
  readonly active: number;
  onChoose(entry: LibraryEntry): void;
}

export function PromptMenu({ id, entries, active, onChoose }: PromptMenuProps) {
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => list.current?.children[active]?.scrollIntoView({ block: 'nearest' }), [active]);
  return (
    <div ref={list} id={id} class="prompt-menu" role="listbox" aria-label={t('prompts-menu')}>
      {entries.map((entry, index) => (
        <div
          key={entry.name}
          id={promptOptionId(id, index)}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          // The field keeps the focus, and a phone its keyboard.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(entry)}
          onKeyDown={(event) => event.key === 'Enter' && onChoose(entry)}
        >
          <strong dir="auto">/{entry.name}</strong>
          <span class="small soft" dir="auto">
            {entry.text}
          </span>
        </div>
      ))}
    </div>
  );
}
