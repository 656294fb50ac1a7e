/** What pages are told about the start of the worker; see {@link Notice}. One notice for each part. */
import type { Notice, NoticePart } from '../../protocol/errors.ts';

export class Notices {
  private readonly byPart = new Map<NoticePart, Notice>();
  private readonly changed: () => void;

  constructor(known: readonly Notice[], changed: () => void) {
    for (const notice of known) this.byPart.set(notice.part, notice);
    this.changed = changed;
  }

  list(): readonly Notice[] {
    return [...this.byPart.values()];
  }

  set(notice: Notice): void {
    this.byPart.set(notice.part, notice);
    this.changed();
  }

  /** Sets how many are left out; 0 withdraws the notice. */
  count(part: NoticePart, count: number): void {
    if ((this.byPart.get(part)?.count ?? 0) === count) return;
    if (count === 0) this.byPart.delete(part);
    else this.byPart.set(part, { part, count });
    this.changed();
  }

  withdraw(part: NoticePart): void {
    if (this.byPart.delete(part)) this.changed();
  }
}
