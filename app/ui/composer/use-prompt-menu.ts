/** The state of the prompt menu: it opens by a slash in the text or by its button, and keys of the field move through it. */
import { useEffect, useState } from 'preact/hooks';
import { choices, type LibraryEntry } from '../state/prompt-library.ts';

export function usePromptMenu(text: string, prompts: readonly LibraryEntry[]) {
  const [selected, setSelected] = useState(0);
  /** The text for which the user closed the menu, or opened it by the button. */
  const [closedFor, setClosedFor] = useState('');
  const [openFor, setOpenFor] = useState<string | undefined>(undefined);
  const bySlash = text === closedFor ? [] : choices(text, prompts);
  const entries = bySlash.length === 0 && text === openFor ? prompts : bySlash;
  const isOpen = entries.length > 0;
  const active = Math.min(selected, Math.max(0, entries.length - 1));
  // The button opened the menu for the text of that moment; typing on closes it.
  useEffect(() => setOpenFor((before) => (before === text ? before : undefined)), [text]);
  /** Closes the menu after a choice. */
  const reset = () => {
    setSelected(0);
    setOpenFor(undefined);
  };
  const close = () => {
    reset();
    setClosedFor(text);
  };
  const open = () => {
    setClosedFor('');
    setOpenFor(text);
  };
  /** Returns true if the key was for the menu. */
  const handleKey = ({ key, shiftKey }: KeyboardEvent, onChoose: (entry: LibraryEntry) => void): boolean => {
    if (!isOpen) return false;
    if (key === 'ArrowDown') setSelected((active + 1) % entries.length);
    else if (key === 'ArrowUp') setSelected((active + entries.length - 1) % entries.length);
    else if (key === 'Escape') close();
    else if ((key === 'Enter' || key === 'Tab') && !shiftKey) onChoose(entries[active]!);
    else return false;
    return true;
  };
  return { entries, isOpen, active, handleKey, reset, toggle: isOpen ? close : open };
}
