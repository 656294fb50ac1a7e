/**
 * A model in the store's own form somewhere else: a folder with `manifest.json`, `weights.bin` and the small files,
 * as `convert` of the command line writes it. It comes in as it is, held against its own checksums on the way.
 *
 * The manifest is a stranger's: where its sections lie and how long they are is checked before anything is read.
 */
import { fail } from '../../base/errors.ts';
import { isGrouped } from '../../tensor/tensor.ts';
import { type Checksum, checksum } from '../integrity/checksum.ts';
import { rowSections } from './convert.ts';
import { matrix } from '../store/manifest.ts';
import { checkWhole, fileReads, type HashedPart, type Stretch } from '../integrity/file-hash.ts';
import type { Feed } from './write-weights.ts';
import {
  ALIGNMENT,
  type Manifest,
  MANIFEST_FILE,
  parseManifest,
  type StoredTensor,
} from '../store/manifest.ts';
import { type ByteSource, type CheckpointFolder, PIECE } from '../sources/byte-source.ts';
import { inOrder } from '../sources/coalesce-reads.ts';
import { WEIGHTS_FILE } from '../store/weight-reader.ts';

/** Names, shapes and places of a few hundred tensors take 100 kB. */
const MAX_MANIFEST = 16 * 1024 * 1024;
/** Weights per scale that kernels know. */
const GROUPS: readonly number[] = [32, 64, 128];
const MAX_SMALL_FILE = 128 * 1024 * 1024;

export interface Published {
  readonly name: string;
  readonly manifest: Manifest;
  /** The small files, as they came. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly weights: ByteSource;
}

/** Undefined where the folder has no manifest: then it is a checkpoint. */
export async function openPublished(
  folder: CheckpointFolder,
  signal?: AbortSignal,
): Promise<Published | undefined> {
  const names = await folder.list?.();
  if (names !== undefined && !names.includes(MANIFEST_FILE)) return undefined;
  const source = await folder.open(MANIFEST_FILE, signal);
  if (source === undefined) return undefined;
  const text = new TextDecoder().decode(await readAll(source, MAX_MANIFEST, signal));
  const manifest = parseManifest(text, MANIFEST_FILE, 'checkpoint-damaged');
  const weights = await required(folder, WEIGHTS_FILE, signal);
  checkSections(manifest.tensors, weights.size);
  const files = new Map<string, Uint8Array>();
  for (const name of manifest.files) {
    if (name === WEIGHTS_FILE) continue;
    if (!/^[\w-][\w.-]*\.(json|jinja)$/.test(name) || name === MANIFEST_FILE) {
      damaged('files', 'a plain name that ends in .json or .jinja', name.slice(0, 80));
    }
    files.set(name, await readAll(await required(folder, name, signal), MAX_SMALL_FILE, signal));
  }
  return { name: manifest.name, manifest, files, weights };
}

/** The sections as they are; throws `checkpoint-damaged` at the end of one that does not add up. */
export function publishedFeed({ name, manifest, weights }: Published): Feed {
  const sections = inFileOrder(manifest.tensors);
  return {
    name,
    total: sections.reduce((sum, s) => sum + s.bytes, 0),
    async *blocks(from, signal) {
      const wanted = sections.map(({ tensor, section, offset, bytes }): HashedPart => {
        const done = tensor < from.tensor ? bytes : tensor > from.tensor ? 0 : (from.written[section] ?? 0);
        return { source: weights, offset, bytes, done };
      });
      const [file] = fileReads(wanted, from.hash);
      const { stretches = [], hash } = file ?? {};
      const sums = new Map<number, Checksum>();
      let left = 0;
      for await (const { span, piece } of inOrder(stretches, signal)) {
        const { part: wantedBy, bytes } = stretches[span] as Stretch;
        if (wantedBy === undefined) {
          hash?.add(piece);
          continue;
        }
        const { tensor, section, count } = sections[wantedBy] as PublishedSection;
        let sum = sums.get(span);
        if (sum === undefined) {
          sum = checksum(tensor === from.tensor ? from.sums[section] : undefined);
          sums.clear();
          sums.set(span, sum);
          left = bytes;
        }
        for (let at = 0; at < piece.length; at += PIECE) {
          const part = piece.subarray(at, at + PIECE);
          sum.add(part);
          hash?.add(part);
          left -= part.length;
          if (left === 0) checkSum(manifest.tensors[tensor] as StoredTensor, section, sum.value());
          const parts = Array.from({ length: count }, (_, i) => (i === section ? part : new Uint8Array(0)));
          yield { tensor, parts, read: part.length, hash: hash?.state() };
        }
      }
      hash?.check();
    },
  };
}

interface PublishedSection {
  readonly tensor: number;
  readonly section: number;
  /** Sections of the tensor. */
  readonly count: number;
  readonly offset: number;
  readonly bytes: number;
}

function inFileOrder(tensors: readonly StoredTensor[]): PublishedSection[] {
  return tensors.flatMap(({ sections }, tensor) =>
    sections.map(({ offset, bytes }, section) => ({
      tensor,
      section,
      count: sections.length,
      offset,
      bytes,
    })),
  );
}

/**
 * Sections have the length that type and shape give them, start on multiples of 256, follow each other without
 * overlap, and lie within the file. Throws `checkpoint-damaged`.
 */
export function checkSections(tensors: readonly StoredTensor[], size: number): void {
  let end = 0;
  for (const tensor of tensors) {
    const where = `tensor ${tensor.name}`;
    const expected = sectionBytes(tensor, where);
    for (const [s, { offset, bytes }] of tensor.sections.entries()) {
      const type = `${tensor.dtype} [${tensor.shape.join(', ')}]`;
      if (bytes !== expected[s]) damaged(where, `${expected[s]} bytes for ${type}`, `${bytes} bytes`);
      if (offset % ALIGNMENT !== 0 || offset < end) {
        damaged(where, `a multiple of ${ALIGNMENT} from ${end}`, `offset ${offset}`);
      }
      end = offset + bytes;
      if (end > size) damaged(where, `a ${WEIGHTS_FILE} of at least ${end} bytes`, `${size} bytes`);
    }
  }
}

function sectionBytes({ dtype, group, shape }: StoredTensor, where: string): number[] {
  const { rows, columns } = matrix(shape);
  if (!isGrouped(dtype)) return [rows * columns * (dtype === 'f16' ? 2 : 4)];
  if (group === undefined || !GROUPS.includes(group))
    damaged(where, `groups of ${GROUPS.join(', ')}`, String(group));
  return rowSections(dtype, columns, group).map((bytes) => rows * bytes);
}

function checkSum(tensor: StoredTensor, section: number, got: number): void {
  const expected = tensor.sections[section]?.checksum ?? 0;
  if (got === expected) return;
  fail('checkpoint-damaged', {
    who: WEIGHTS_FILE,
    where: `tensor ${tensor.name}`,
    message: 'the bytes are not those that the manifest was written for',
    expected: `checksum ${expected.toString(16)}`,
    got: got.toString(16),
  });
}

async function required(folder: CheckpointFolder, name: string, signal?: AbortSignal): Promise<ByteSource> {
  const source = await folder.open(name, signal);
  if (source !== undefined) return source;
  return fail('source-missing', {
    who: folder.name,
    message: 'a file that the manifest names is missing',
    expected: name,
    got: 'no such file',
  });
}

async function readAll(source: ByteSource, limit: number, signal?: AbortSignal): Promise<Uint8Array> {
  if (source.size <= limit) {
    const bytes = await source.read(0, source.size, signal);
    await checkWhole(source, bytes);
    return bytes;
  }
  return fail('checkpoint-damaged', {
    who: source.name,
    message: 'the file is far larger than such files are',
    expected: `at most ${limit} bytes`,
    got: `${source.size} bytes`,
  });
}

function damaged(where: string, expected: string, got: string): never {
  fail('checkpoint-damaged', {
    who: MANIFEST_FILE,
    where,
    message: 'the manifest is damaged',
    expected,
    got,
  });
}
