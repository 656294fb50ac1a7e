/** Setup of the unit tests: files share a process, so a file that silences the log does not silence it for the next one. */
import { afterAll } from 'vitest';
import { consoleLog, setLog } from '../base/log.ts';

afterAll(() => setLog('warn', consoleLog('engine')));
