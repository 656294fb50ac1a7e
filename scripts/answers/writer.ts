/** What writes answers: the extension's worker, another engine, or no model at all. */
import type { AnswerItem } from './items.ts';
import type { WrittenAnswer } from './records.ts';

export interface AnswerWriter {
  readonly name: string;
  /** Name of the model; empty without one. */
  readonly model: string;
  /** Undefined for an item that it cannot answer. */
  write(item: AnswerItem): Promise<WrittenAnswer | undefined>;
  close(): Promise<void>;
}
