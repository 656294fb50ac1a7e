/**
 * Lets plain Node import shaders as the bundler does: `import source from '../../../wgsl/add/add.wgsl?raw'`.
 * Use: `node --import ./scripts/raw-loader.mjs FILE.ts`, as `npm run linnet` does.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

registerHooks({
  load(url, context, nextLoad) {
    if (!url.endsWith('?raw')) return nextLoad(url, context);
    const text = readFileSync(fileURLToPath(url.slice(0, -'?raw'.length)), 'utf8');
    return { format: 'module', shortCircuit: true, source: `export default ${JSON.stringify(text)};` };
  },
});
