/** What pages are told about the start of the worker; see {@link Notice}. They get one notice for each part. */
import type { Notice, NoticePart } from '../../protocol/errors.ts';

export class Notices {
  /** Oldest first. A part may have several: works that share it fail apart. */
  private readonly notices: Set<Notice>;
  private readonly changed: () => void;

  constructor(known: readonly Notice[], changed: () => void) {
    this.notices = new Set(known);
    this.changed = changed;
  }

  /** The newest of each part. */
  list(): readonly Notice[] {
    return [...new Map([...this.notices].map((notice) => [notice.part, notice])).values()];
  }

  add(notice: Notice): void {
    this.notices.add(notice);
    this.changed();
  }

  /** Sets how many are left out; 0 withdraws the notice. */
  count(part: NoticePart, count: number): void {
    const before = [...this.notices].filter((notice) => notice.part === part);
    if ((before.at(-1)?.count ?? 0) === count) return;
    for (const notice of before) this.notices.delete(notice);
    if (count > 0) this.notices.add({ part, count });
    this.changed();
  }

  withdraw(notice: Notice): void {
    if (this.notices.delete(notice)) this.changed();
  }
}
