/**
 * The only access to the console. Lines carry facts about the engine (sizes, counts, codes), never text of the user: no
 * prompt, no answer, no page. Warnings and errors are printed; {@link setLog} changes what is printed, and where.
 */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
/** `part`: the part of the program that reports, e.g. `gpu`. */
export type LogSink = (level: LogLevel, part: string, message: string) => void;

const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

export const consoleLog =
  (prefix: string): LogSink =>
  (level, part, message) =>
    console[level](`[${prefix}/${part}] ${message}`);

let threshold: LogLevel = 'warn';
let sink: LogSink = consoleLog('engine');

/** Lines below `level` are dropped; the others go to `to`. */
export function setLog(level: LogLevel, to: LogSink): void {
  threshold = level;
  sink = to;
}

export function log(level: LogLevel, part: string, message: string): void {
  if (ORDER.indexOf(level) >= ORDER.indexOf(threshold)) sink(level, part, message);
}
