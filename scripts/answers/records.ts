/**
 * The answers measured so far, one JSON object a line in a file, so that an interrupted measurement continues where it
 * was. Of two answers to the same item the later one counts.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { AnswerTask } from './items.ts';

/** `length`: at its limit of tokens; `form`: where its form was complete; `end`: the model's own end. */
export type AnswerStop = 'end' | 'form' | 'length';

/** What a writer made of one item. */
export interface WrittenAnswer {
  /** As a person sees it. */
  readonly text: string;
  /** As the model wrote it, with the beginning that was written for it. */
  readonly raw: string;
  readonly stop: AnswerStop;
  /** Tokens that the model wrote, in all steps. */
  readonly tokens: number;
  /** The words of the prompt that are not the page's. */
  readonly instructions: string;
  /** The model was not asked, because its trial found that it does not write the language. */
  readonly notOffered?: true;
}

export interface AnswerRecord extends WrittenAnswer {
  readonly writer: string;
  /** Name of the model; empty for the page's own sentences. */
  readonly model: string;
  readonly task: AnswerTask;
  readonly item: string;
  readonly seconds: number;
}

type Key = Pick<AnswerRecord, 'writer' | 'model' | 'task' | 'item'>;

const keyOf = ({ writer, model, task, item }: Key): string => [writer, model, task, item].join('\u0000');

export class AnswerRecords {
  private readonly file: string;
  private readonly known = new Map<string, AnswerRecord>();

  constructor(file: string) {
    this.file = file;
    if (!existsSync(file)) return;
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const record = parsed(line);
      if (record !== undefined) this.known.set(keyOf(record), record);
    }
  }

  find(key: Key): AnswerRecord | undefined {
    return this.known.get(keyOf(key));
  }

  all(): AnswerRecord[] {
    return [...this.known.values()];
  }

  add(record: AnswerRecord): void {
    mkdirSync(dirname(this.file), { recursive: true });
    appendFileSync(this.file, `${JSON.stringify(record)}\n`);
    this.known.set(keyOf(record), record);
  }
}

/** Undefined for an empty line, and for one that was cut off while it was written. */
function parsed(line: string): AnswerRecord | undefined {
  try {
    return line === '' ? undefined : (JSON.parse(line) as AnswerRecord);
  } catch {
    return undefined;
  }
}
