/** Imports a model's file through the Models page, as a person does. */
import { basename } from 'node:path';
import type { LinnetBrowser } from '../../e2e/harness/browser.ts';

/** Milliseconds; a software GPU's machine converts about 20 MB a second. */
const LONGEST = 600_000;

/**
 * Imports a GGUF file unless the browser has it already, and prints what it does. Throws with the page's own words if the
 * file is refused.
 */
export async function importFile(linnet: LinnetBrowser, file: string): Promise<void> {
  const name = basename(file).replace(/\.gguf$/i, '');
  const models = await linnet.open('models.html');
  const there = models.getByRole('heading', { name, exact: true });
  try {
    // Stored models are listed at once; on a new profile the demo model comes a moment later.
    await models.getByRole('listitem').first().waitFor({ timeout: 30_000 });
    if ((await there.count()) > 0) return;
    console.log(`Importing ${basename(file)}: its weights are converted to 4 bits and stay in the profile …`);
    await models.locator('input[data-pick="files"]').setInputFiles(file);
    const refused = models.getByRole('heading', { name: /^Import failed/ });
    await there.or(refused).first().waitFor({ timeout: LONGEST });
    if ((await refused.count()) > 0) {
      throw new Error((await models.getByRole('alert').allInnerTexts()).join(' ').replace(/\s+/g, ' '));
    }
  } finally {
    await models.close();
  }
}
