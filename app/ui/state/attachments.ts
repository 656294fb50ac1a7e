/**
 * The texts attached to the question that is being written: long pastes and files. They never are in the field, so typing
 * costs the same with them as without. Kept for the session where `kept` is given, as a popup closes with the next click.
 */
import { type Signal, signal } from '@preact/signals';
import type { AttachedText } from '../../protocol/files.ts';
import { LIMITS } from '../../protocol/limits.ts';

/** A pasted text of so many characters is attached; a shorter one goes into the field. */
export const LONG_PASTE = 4000;
/** Characters that the field takes; a paste that would not fit is attached. */
export const FIELD_LONGEST = 20_000;

/** Characters that a full field still takes at once, as a keyboard may insert a word. */
const LITTLE = 200;

/** Files that are read as text, by their names or by what the browser takes them for. */
const TEXT_FILE =
  /\.(?:txt|text|md|markdown|log|csv|tsv|json|jsonl|xml|ya?ml|toml|ini|conf|srt|vtt|diff|patch)$/i;

/** Why a text was not attached. `n`: its characters, or bytes of a file that was not read. */
export type AttachmentProblem =
  | { readonly kind: 'long'; readonly n: number }
  | { readonly kind: 'many' }
  | { readonly kind: 'not-text'; readonly name: string };

/** Remembers attached texts beyond the life of a popup. */
export interface KeptAttachments {
  read(): Promise<readonly AttachedText[]>;
  write(texts: readonly AttachedText[]): Promise<void>;
}

export class Attachments {
  readonly list: Signal<readonly AttachedText[]> = signal([]);
  readonly problem: Signal<AttachmentProblem | undefined> = signal(undefined);
  private readonly kept: KeptAttachments | undefined;

  constructor(kept?: KeptAttachments) {
    this.kept = kept;
  }

  /** Shows what an earlier popup had attached. */
  async restore(): Promise<void> {
    const texts = (await this.kept?.read().catch(() => [])) ?? [];
    if (texts.length > 0 && this.list.value.length === 0) this.list.value = texts;
  }

  /** Returns whether the text was attached; else {@link problem} says why not. */
  add(text: string, name?: string): boolean {
    const before = this.list.value;
    const characters = before.reduce((sum, each) => sum + each.text.length, text.length);
    if (before.length >= LIMITS.attachments) return this.refuse({ kind: 'many' });
    if (characters > LIMITS.attached) return this.refuse({ kind: 'long', n: text.length });
    if (text.slice(0, LONG_PASTE).includes('\0')) return this.refuse({ kind: 'not-text', name: name ?? '' });
    this.problem.value = undefined;
    const named = name === undefined ? {} : { name: name.slice(0, LIMITS.name) };
    this.change([...before, { id: crypto.randomUUID(), ...named, text }]);
    return true;
  }

  async addFiles(files: readonly File[]): Promise<void> {
    for (const file of files) {
      if (!isTextFile(file)) this.refuse({ kind: 'not-text', name: file.name });
      // UTF-8 has at most three bytes for each character of a string.
      else if (file.size > 3 * LIMITS.attached) this.refuse({ kind: 'long', n: file.size });
      else if (!this.add(await file.text(), file.name)) return;
    }
  }

  remove(...ids: readonly string[]): void {
    this.problem.value = undefined;
    this.change(this.list.value.filter(({ id }) => !ids.includes(id)));
  }

  private refuse(problem: AttachmentProblem): false {
    this.problem.value = problem;
    return false;
  }

  private change(texts: readonly AttachedText[]): void {
    this.list.value = texts;
    // What cannot be kept is attached all the same.
    void this.kept?.write(texts).catch(() => {});
  }
}

export const isTextFile = ({ name, type }: Pick<File, 'name' | 'type'>): boolean =>
  TEXT_FILE.test(name) || type.startsWith('text/') || type === 'application/json';

/** Whether a text that is inserted into a field with so many characters is attached instead. */
export const isLongPaste = (inserted: number, field: number): boolean =>
  inserted >= LONG_PASTE || (inserted >= LITTLE && field + inserted > FIELD_LONGEST);

/**
 * What was inserted into a field, and the field without it, where its text came in at once by a way that could not be
 * watched. Undefined for little text.
 */
export function longInsertion(before: string, after: string): { inserted: string; rest: string } | undefined {
  if (!isLongPaste(after.length - before.length, before.length) || after.length - before.length < 2)
    return undefined;
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const rest = after.slice(0, start) + after.slice(after.length - end);
  return { inserted: after.slice(start, after.length - end), rest };
}
