/** What comes into the composer at once: a long text or a file is attached, and never is in the field. */
import type { RefObject } from 'preact';
import type { AttachedText } from '../../protocol/files.ts';
import { useDrop } from '../files/use-drop.ts';
import { type Attachments, isLongPaste, longInsertion } from '../state/attachments.ts';

interface PastingOptions {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly text: string;
  readonly attachments: Attachments;
  setText(text: string): void;
}

export function usePasting({ field, text, attachments, setText }: PastingOptions) {
  const attachFiles = (data: DataTransfer | null): boolean => {
    const files = [...(data?.files ?? [])];
    void attachments.addFiles(files);
    return files.length > 0;
  };
  useDrop(attachFiles);
  /** Attaches a long text, where the field still is without it. */
  const attachLong = (inserted: string, event: Event): void => {
    if (!isLongPaste(inserted.length, text.length)) return;
    event.preventDefault();
    attachments.add(inserted);
  };
  return {
    onPaste(event: ClipboardEvent) {
      const data = event.clipboardData;
      const pasted = data?.getData('text/plain') ?? '';
      // Many programs add a picture of the text that they copy.
      if (pasted !== '') attachLong(pasted, event);
      else if (attachFiles(data)) event.preventDefault();
    },
    /** Text that is dropped, and text from the clipboard of a keyboard. */
    onBeforeInput(event: InputEvent) {
      attachLong(event.data ?? event.dataTransfer?.getData('text/plain') ?? '', event);
    },
    onInput(value: string) {
      const found = longInsertion(text, value);
      if (found !== undefined && attachments.add(found.inserted)) {
        // The field shows at once what it keeps: its text as state has not changed.
        if (field.current !== null) field.current.value = found.rest;
        setText(found.rest);
      } else setText(value);
    },
    /** Puts an attached text into the field. */
    insert({ id, text: attached }: AttachedText) {
      attachments.remove(id);
      setText([text, attached].filter((part) => part !== '').join('\n'));
      field.current?.focus({ preventScroll: true });
    },
  };
}
