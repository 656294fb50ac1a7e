/** The checks of the repository by name, in the order in which `npm run rooms` prints them. */
import { checkCycles } from './cycles.ts';
import { checkFolders } from './folders.ts';
import { checkLinks } from './links.ts';
import { checkNamedFiles } from './named-files.ts';
import { checkProductWords } from './product-words.ts';
import type { Breach, House } from './source.ts';
import { checkUniqueTypes } from './unique-types.ts';

export const houseChecks: Readonly<Record<string, (house: House) => Breach[]>> = {
  types: checkUniqueTypes,
  files: checkNamedFiles,
  links: checkLinks,
  folders: checkFolders,
  cycles: checkCycles,
  product: checkProductWords,
};
