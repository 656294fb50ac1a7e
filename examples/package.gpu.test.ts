/** The package, packed and installed into an empty folder, runs the examples in Node. In a browser: `e2e/example.spec.ts`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adapterEnvironment, adapterNames } from '../scripts/setup/adapter.mjs';
import { tools } from '../scripts/setup/packages.mjs';
import { describeWithAssets } from '../scripts/testing/assets.ts';
import { ModelServer } from '../scripts/testing/model-server.ts';
import { installPackedEngine } from '../scripts/testing/packed-engine.ts';

describeWithAssets('the packed engine', ['models/stories260K-hf-f32'], (model) => {
  let folder: string;
  beforeAll(() => {
    folder = installPackedEngine();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Not spawnSync: the server of a test answers meanwhile. */
  async function node(...args: string[]) {
    const name = adapterNames.find((each) => each === process.env.LINNET_ADAPTER) ?? 'swiftshader';
    const found = adapterEnvironment(name);
    if ('missing' in found) throw new Error(found.missing);
    const child = spawn(tools().node, args, { cwd: folder, env: { ...process.env, ...found.env } });
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (piece) => (said.stdout += String(piece)));
    child.stderr.on('data', (piece) => (said.stderr += String(piece)));
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, ...said };
  }

  test('the example for Node imports a checkpoint and streams an answer', async () => {
    const { status, stdout, stderr } = await node('node.mjs', model, 'Once upon a time', '8');
    expect(stderr).toMatch(/tokens\/s/);
    expect(status).toBe(0);
    expect(stdout).toMatch(/\w+ \w+ \w+/);
  });

  test('the example of the README, over HTTP', async () => {
    const readme = readFileSync(join(folder, 'node_modules/transformer-lite-webgpu/README.md'), 'utf8');
    const [answer, , setUp] = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code as string);
    const names = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'];
    const server = new ModelServer(
      Object.fromEntries(names.map((name) => [name, readFileSync(join(model, name))])),
    );
    await server.listen();
    const call = setUp?.replace(/'HuggingFaceTB[^']*'/, `'${server.url}'`);
    writeFileSync(join(folder, 'readme.mjs'), `${answer?.replace('200', '8')}\n${call}`);
    const { status, stdout, stderr } = await node('readme.mjs');
    server.close();
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/\w+/);
  });
});
