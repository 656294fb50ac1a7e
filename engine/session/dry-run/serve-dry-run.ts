/** The program of a worker that tries one source: it opens it as an import or a load would, and reports how that ended. */
import { EngineError } from '../../base/errors.ts';
import { type ByteSource, type CheckpointFolder, inPieces } from '../../weights/sources/byte-source.ts';
import { plainProfile } from '../../weights/store/profiles.ts';
import { openSource } from '../import/import-source.ts';
import { openTrial } from './try-stored.ts';
import type { FromDryRun, ToDryRun, DryRunError, DryRunFile, DryRunQuestion } from './messages.ts';

/** Serves one dry run. `post` sends to the process that started it; the result receives its messages. */
export function serveDryRun(post: (message: FromDryRun) => void): (message: ToDryRun) => void {
  const waiting = new Map<number, (answer: never) => void>();
  let next = 0;
  const ask = <T>(question: DryRunQuestion): Promise<T> => {
    const id = next++;
    return new Promise<T>((resolve) => {
      waiting.set(id, resolve as (answer: never) => void);
      post({ kind: 'ask', id, question });
    });
  };
  post({ kind: 'ready' });
  return (message) => {
    if (message.kind === 'answer') {
      waiting.get(message.id)?.(message.answer as never);
      waiting.delete(message.id);
      return;
    }
    const folder = folderOf(message, ask);
    const { what } = message;
    // Calibration does not change what is read while a source is opened, and there is no GPU here.
    const opened =
      what === 'stored' ? openTrial(folder) : openSource(folder, plainProfile(what) ?? what, undefined);
    opened.then(
      () => post({ kind: 'passed' }),
      (error: unknown) => post({ kind: 'failed', error: asData(error) }),
    );
  };
}

type Ask = <T>(question: DryRunQuestion) => Promise<T>;

function folderOf({ name, lists }: Extract<ToDryRun, { kind: 'try' }>, ask: Ask): CheckpointFolder {
  return {
    name,
    async open(file) {
      const found = await ask<DryRunFile | undefined>({ what: 'open', file });
      return found === undefined ? undefined : sourceOf(found, ask);
    },
    ...(lists ? { list: () => ask<readonly string[]>({ what: 'list' }) } : {}),
  };
}

function sourceOf({ source, name, size, tag, sha256 }: DryRunFile, ask: Ask): ByteSource {
  const read = (offset: number, length: number) => ask<Uint8Array>({ what: 'read', source, offset, length });
  return {
    name,
    size,
    ...(tag === undefined ? {} : { tag }),
    ...(sha256 === undefined ? {} : { sha256 }),
    read,
    stream: (offset, length) => inPieces(read, offset, length),
  };
}

function asData(error: unknown): DryRunError {
  if (!(error instanceof EngineError)) {
    return {
      who: 'dry-run',
      message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    };
  }
  const { code, who, summary, expected, got, where } = error;
  return { code, who, message: summary, expected, got, where };
}
