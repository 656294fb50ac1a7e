/** A folder should be readable at a glance: it has at most {@link maximumFiles} files of any kind directly in it. */
import type { Breach, House } from './source.ts';

export const maximumFiles = 20;

export function checkFolders(house: House): Breach[] {
  const counts = new Map<string, number>();
  for (const file of house.keys()) {
    const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.';
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > maximumFiles)
    .sort(([, a], [, b]) => b - a)
    .map(([folder, count]) => ({
      file: folder,
      line: 1,
      what: `${count} files in one folder`,
      why: `more than ${maximumFiles} files in a folder are a list, not a map`,
      instead: 'group them by feature in folders of their own',
    }));
}
