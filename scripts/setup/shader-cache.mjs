/**
 * Mesa writes compiled shaders to its cache (`~/.cache/mesa_shader_cache_db`) from threads of the lowest priority. They get no
 * turn while tests use all cores, and what waits in them is lost when the process ends: the next run compiles the same
 * shaders again, which is most of what a software GPU costs.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/**
 * Gives the threads of a process that write Mesa's cache the priority of the process. Does nothing where it may not (a
 * priority is raised by root alone) or where there are none; Linux only.
 * @param {number} pid
 */
export function raiseShaderCache(pid) {
  try {
    const own = getPriority(pid);
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const name = readFileSync(`/proc/${pid}/task/${thread}/comm`, 'utf8');
      if (name.includes(':disk$')) setPriority(Number(thread), own);
    }
  } catch {
    // The process or a thread of it has ended, or the priority stays as it is.
  }
}
