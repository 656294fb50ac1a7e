/**
 * The only door to the console. Lines carry facts about the engine (sizes, counts, codes), never
 * text of the user: no prompt, no answer, no page.
 */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogSink = (level: LogLevel, room: string, message: string) => void;

const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
let threshold: LogLevel = 'warn';
let sink: LogSink = (level, room, message) => console[level](`[linnet/${room}] ${message}`);

export function setLog(level: LogLevel, to?: LogSink): void {
  threshold = level;
  if (to !== undefined) sink = to;
}

export function log(level: LogLevel, room: string, message: string): void {
  if (ORDER.indexOf(level) >= ORDER.indexOf(threshold)) sink(level, room, message);
}
