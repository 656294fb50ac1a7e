/**
 * The processes of a running browser, and their sudden end. A process is ended by the system (SIGKILL), so nothing in it
 * can finish or clean up, as when it is out of memory or the power fails.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { LinnetBrowser } from './browser.ts';

export type ProcessKind = 'engine' | 'gpu' | 'browser';

interface ProcessInfo {
  readonly id: number;
  readonly type: string;
}

/**
 * Ends a process of this browser; returns how many were ended. `engine`: the renderer that the extension's offscreen
 * document, its pages and its service worker share.
 */
export async function killProcess(linnet: LinnetBrowser, kind: ProcessKind): Promise<number> {
  const { processInfo } = (await linnet.cdp.send('SystemInfo.getProcessInfo')) as {
    processInfo: readonly ProcessInfo[];
  };
  const wanted = processInfo.filter(({ id, type }) => {
    if (kind === 'engine') return type === 'renderer' && commandLine(id).includes('--extension-process');
    return type.toLowerCase() === kind;
  });
  for (const { id } of wanted) process.kill(id, 'SIGKILL');
  return wanted.length;
}

/** Empty for a process that has ended. */
function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return execFileSync('ps', ['-o', 'command=', '-p', `${pid}`], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
