/** The sizes that a model of more than 1.5 billion parameters is offered in, before its weights are fetched. */
import { TINY_TOKENIZER } from '../../engine/testing/tiny-checkpoint.ts';
import { ModelServer } from '../../scripts/testing/model-server.ts';
import { expect, picture, test } from '../harness/index.ts';
import { inEveryLook } from '../looks.ts';

/** HuggingFaceTB/SmolLM2-1.7B-Instruct. */
const CONFIG = {
  model_type: 'llama',
  hidden_size: 2048,
  intermediate_size: 8192,
  num_hidden_layers: 24,
  num_attention_heads: 32,
  num_key_value_heads: 32,
  vocab_size: 49152,
  max_position_embeddings: 8192,
  rms_norm_eps: 1e-5,
  rope_theta: 130000,
  tie_word_embeddings: true,
};

/** Weights of 0, 3.4 GB of which none is sent: memory that is not touched takes none. */
function weights(): Uint8Array {
  const { hidden_size: e, intermediate_size: f, vocab_size: v, num_hidden_layers: layers } = CONFIG;
  const shapes: [string, number[]][] = [
    ['model.embed_tokens', [v, e]],
    ['model.norm', [e]],
  ];
  for (let i = 0; i < layers; i++) {
    const at = `model.layers.${i}`;
    for (const part of ['q', 'k', 'v', 'o']) shapes.push([`${at}.self_attn.${part}_proj`, [e, e]]);
    for (const part of ['gate', 'up']) shapes.push([`${at}.mlp.${part}_proj`, [f, e]]);
    shapes.push([`${at}.mlp.down_proj`, [e, f]]);
    for (const norm of ['input', 'post_attention']) shapes.push([`${at}.${norm}_layernorm`, [e]]);
  }
  let end = 0;
  const entries = shapes.map(([name, shape]) => {
    const from = end;
    end += 2 * shape.reduce((n, d) => n * d, 1);
    return [`${name}.weight`, { dtype: 'BF16', shape, data_offsets: [from, end] }];
  });
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const file = new Uint8Array(8 + header.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  return file;
}

test('the smallest size says that it makes more mistakes, and is not chosen by itself', {
  tag: ['@rare', '@phone-rare'],
}, async ({ linnet }) => {
  const hub = await new ModelServer({
    'config.json': JSON.stringify(CONFIG),
    'tokenizer.json': JSON.stringify(TINY_TOKENIZER),
    'model.safetensors': weights(),
  }).listen();
  const models = await linnet.open('models.html');
  await models.getByLabel('Repository or address').fill(hub.url);
  await models.getByRole('button', { name: 'Look up' }).click();
  const smallest = models.getByRole('radio', { name: /^Smallest/ });
  await expect(smallest).not.toBeChecked();
  await expect(models.getByRole('radio', { name: /^Small(?!est)/ })).toBeChecked();
  expect(hub.sent).toBeLessThan(300_000);
  await smallest.scrollIntoViewIfNeeded();
  for (const look of [{}, { dark: true }, { rtl: true }]) await picture(models, 'models-sizes', look);
  await smallest.check();
  await models.setViewportSize({ width: 412, height: 915 });
  await models.getByText('Size on this device').scrollIntoViewIfNeeded();
  await picture(models, 'models-smallest');
  await picture(models, 'models-smallest', { dark: true, rtl: true });
  await inEveryLook(models, 'sizes');
  expect(linnet.pageErrors).toEqual([]);
  hub.close();
});
