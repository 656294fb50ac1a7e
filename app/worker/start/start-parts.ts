/**
 * Runs the parts of the worker's start. Each stands alone: one that fails, or takes longer than the limit, is reported and
 * left out, and the rest goes on without it. The log names parts and errors, never the text of a person or a page.
 */
import { log } from '../../../engine/index.ts';
import { type NoticePart, toWire } from '../../protocol/errors.ts';
import type { Notices } from './notices.ts';
import { within } from './within.ts';

export interface StartPart {
  /** What pages are told about if it fails; several parts may share one. */
  readonly part: NoticePart;
  run(): unknown;
}

/**
 * Resolves once every part has ended or has taken `limitMs` milliseconds; never rejects. A part that ends later withdraws
 * its notice.
 */
export async function runParts(
  parts: readonly StartPart[],
  notices: Notices,
  limitMs: number,
): Promise<void> {
  await Promise.all(parts.map((part) => runPart(part, notices, limitMs)));
}

async function runPart({ part, run }: StartPart, notices: Notices, limitMs: number): Promise<void> {
  let work: Promise<unknown> = Promise.resolve();
  try {
    await within(
      limitMs,
      () => {
        work = Promise.resolve().then(run);
        return work;
      },
      part,
    );
  } catch (error) {
    const { code, message } = toWire(error, part);
    log('warn', 'start', `left out ${part}: ${code}`);
    const notice = { part, error: { code, who: part, message } };
    notices.add(notice);
    // Only a part that was late can still end well.
    work.then(
      () => notices.withdraw(notice),
      () => {},
    );
  }
}
