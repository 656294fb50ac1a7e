/** The models that fidelity is measured on, each with the texts that it reads. */
import { readFileSync, existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { nodeFile, nodeFolder } from '../../cli/node-files.ts';
import type { CheckpointFolder } from '../../engine/index.ts';
import { readPages } from '../answers/pages.ts';
import { Missing } from '../setup/machine.mjs';
import { assets } from '../testing/assets.ts';
import { PUBLISHED, weightsFile } from '../weights/published.mjs';

export interface FidelityModel {
  readonly name: string;
  /** The same weights as a GGUF file, where there is one. */
  readonly gguf?: string;
  readonly folder: CheckpointFolder;
  texts(count: number): string[];
}

const STORIES = 'models/stories260K-hf-f32';
/** The same weights. */
const STORIES_GGUF = 'models/stories260K-gguf/stories260K.v3.f32.gguf';

/** Articles of different kinds, each longer than 490 tokens. */
const ARTICLES = [
  'ars-1',
  'bbc-1',
  'buzzfeed-1',
  'dropbox-blog',
  'google-sre-book-1',
  'lemonde-1',
  'nytimes-1',
  'seattletimes-1',
  'wapo-2',
  'wikipedia',
];

export function modelsAtHand(): FidelityModel[] {
  const published = PUBLISHED.filter(
    ({ id, kind }) => kind !== 'embeds' && weightsFile(id) !== undefined,
  ).map(({ id }) => modelNamed(id));
  const stories = assets(STORIES);
  return stories === undefined ? published : [...published, modelNamed(stories)];
}

/** `name`: the id of a published model, a GGUF file, or a folder of a checkpoint. Throws {@link Missing}. */
export function modelNamed(name: string): FidelityModel {
  const published = PUBLISHED.find(({ id }) => id === name);
  const path = published === undefined ? resolve(name) : weightsFile(published.id);
  if (path === undefined)
    throw new Missing(`the weights of ${name} are absent: \`npm run weights\` brings them`);
  if (!existsSync(path)) throw new Missing(`--model ${name}: there is no such file or folder`);
  const isFile = path.endsWith('.gguf');
  const gguf = isFile ? path : basename(path) === basename(STORIES) ? assets(STORIES_GGUF) : undefined;
  return {
    name: published?.title ?? basename(path),
    ...(gguf === undefined ? {} : { gguf }),
    folder: isFile ? nodeFile(path) : nodeFolder(path),
    texts: basename(path).startsWith('stories260K') ? stories : articles,
  };
}

function articles(count: number): string[] {
  const pages = readPages(needed('pages/readability'), ARTICLES);
  return pages.slice(0, count).map(({ page }) => page.text);
}

function stories(count: number): string[] {
  const all = JSON.parse(readFileSync(needed('text/tinystories_300.json'), 'utf8')) as string[];
  return all.slice(0, count);
}

function needed(path: string): string {
  const found = assets(path);
  if (found === undefined)
    throw new Missing(`the texts are absent: ../shared/assets/${path} (or LINNET_ASSETS)`);
  return found;
}
