import { afterEach, expect, test, vi } from 'vitest';
import { consoleLog, log, type LogLevel, setLog } from './log.ts';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

afterEach(() => setLog('warn', consoleLog('engine')));

test.each(LEVELS)('lines below the level %s are dropped, the others reach the sink', (level) => {
  const lines: string[] = [];
  setLog(level, (...line) => lines.push(line.join(' ')));
  for (const each of LEVELS) log(each, 'gpu', 'out of memory');
  const expected = LEVELS.slice(LEVELS.indexOf(level)).map((each) => `${each} gpu out of memory`);
  expect(lines).toEqual(expected);
});

test('without a call of setLog warnings are printed, and a console sink has the prefix of its owner', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const info = vi.spyOn(console, 'info').mockImplementation(() => {});
  log('info', 'gpu', 'a fact');
  log('warn', 'gpu', 'slow');
  setLog('info', consoleLog('house'));
  log('info', 'gpu', 'a fact');
  expect([warn.mock.calls, info.mock.calls]).toEqual([[['[engine/gpu] slow']], [['[house/gpu] a fact']]]);
  vi.restoreAllMocks();
});
