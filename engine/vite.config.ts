/** The package's code: `npm run -w engine build` writes dist/, as ES modules with the shaders of `wgsl/` inlined. */
import { defineConfig } from 'vite';

export default defineConfig({
  publicDir: false,
  build: {
    target: 'es2023',
    minify: false,
    lib: { entry: { index: 'index.ts', bench: 'bench.ts' }, formats: ['es'] },
    rolldownOptions: { external: [/^@huggingface\//] },
  },
});
