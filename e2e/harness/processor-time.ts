/**
 * Processor time of a story: user and system time of this worker's process and of all processes under it. Unlike the time on
 * a clock it hardly depends on what else the machine does. Linux only.
 *
 *     LINNET_PROCESSOR_TIME=1 npx playwright test e2e/reading      adds a line per story to test-results/processor-time.tsv
 */
import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { at } from '../../scripts/setup/machine.mjs';

/** Clock ticks a second in `/proc`, which the kernel reports as 100 on every platform. */
const TICKS = 100;

/** Milliseconds between two looks: what a process takes after the last look at it is not seen. */
const LOOK_MS = 500;

interface ProcessTime {
  /** `node`, or the `--type` of one of Chromium's processes. */
  readonly kind: string;
  readonly seconds: number;
}

/** The processes under this one, by id. */
function look(): Map<number, ProcessTime> {
  const all = new Map(pids().flatMap((pid) => entryOf(pid)));
  const isUnder = (pid: number): boolean => {
    for (let each = pid; each > 1; each = all.get(each)?.parent ?? 0) if (each === process.pid) return true;
    return false;
  };
  const found = [...all].filter(([pid]) => isUnder(pid));
  return new Map(found.map(([pid, { ticks }]) => [pid, { kind: kindOf(pid), seconds: ticks / TICKS }]));
}

const pids = (): number[] => readdirSync('/proc').map(Number).filter(Number.isInteger);

function entryOf(pid: number): [number, { parent: number; ticks: number }][] {
  const stat = readProc(pid, 'stat');
  // The name of the program, in brackets, may have spaces.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user, system] = fields.slice(11, 13);
  if (user === undefined || system === undefined) return [];
  return [[pid, { parent: fields[1] ?? 0, ticks: user + system }]];
}

function kindOf(pid: number): string {
  if (pid === process.pid) return 'node';
  return /--type=([\w-]+)/.exec(readProc(pid, 'cmdline'))?.[1] ?? 'browser';
}

/** Empty for a process that has ended. */
function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Starts to measure if it is asked for; the result ends it, and writes what the story took. */
export function measureStory(story: string): () => void {
  if (process.env.LINNET_PROCESSOR_TIME !== '1' || process.platform !== 'linux') return () => {};
  const before = look();
  const last = new Map(before);
  const note = () => {
    for (const [pid, time] of look()) last.set(pid, time);
  };
  const timer = setInterval(note, LOOK_MS);
  return () => {
    clearInterval(timer);
    note();
    const kinds = new Map<string, number>();
    for (const [pid, { kind, seconds }] of last) {
      const spent = seconds - (before.get(pid)?.seconds ?? 0);
      kinds.set(kind, (kinds.get(kind) ?? 0) + spent);
    }
    const sum = [...kinds.values()].reduce((all, seconds) => all + seconds, 0);
    const parts = [...kinds].map(([kind, seconds]) => `${kind} ${seconds.toFixed(1)}`).join(', ');
    mkdirSync(at('test-results'), { recursive: true });
    appendFileSync(at('test-results/processor-time.tsv'), `${sum.toFixed(1)}\t${story}\t${parts}\n`);
  };
}
