/**
 * Imports a folder that is already in the store's format: `manifest.json`, `weights.bin` and the small files, as the
 * command line's `convert` writes it. It is copied unchanged and verified by its checksums meanwhile.
 *
 * The manifest is untrusted: offsets and lengths of its sections are checked before anything is read.
 */
import { fail } from '../../base/errors.ts';
import { cellBlock, cellRow, isCell } from '../../tensor/cells.ts';
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
import { measureJson } from '../sources/json.ts';
import { WEIGHTS_FILE } from '../store/weight-reader.ts';

/** Limit in bytes; names, shapes and offsets of a few hundred tensors take 100 kB. */
const MAX_MANIFEST = 16 * 1024 * 1024;
/** Group sizes (weights per scale) that kernels support. */
const GROUPS: readonly number[] = [32, 64, 128];
const MAX_SMALL_FILE = 128 * 1024 * 1024;

/** An opened folder in the store's format. */
export interface Published {
  readonly name: string;
  readonly manifest: Manifest;
  /** The small files, unchanged. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly weights: ByteSource;
}

/**
 * Opens the folder; undefined if it has no manifest and so is a checkpoint. Throws `checkpoint-damaged` for a manifest
 * that is damaged or does not match `weights.bin`, `source-missing` for a file that the manifest lists.
 */
export async function openPublished(
  folder: CheckpointFolder,
  signal?: AbortSignal,
): Promise<Published | undefined> {
  const names = await folder.list?.();
  if (names !== undefined && names.length > 0 && !names.includes(MANIFEST_FILE)) return undefined;
  const source = await folder.open(MANIFEST_FILE, signal);
  if (source === undefined) return undefined;
  const bytes = await readAll(source, MAX_MANIFEST, signal);
  measureJson(bytes, MANIFEST_FILE);
  const manifest = parseManifest(new TextDecoder().decode(bytes), MANIFEST_FILE, 'checkpoint-damaged');
  const weights = await required(folder, WEIGHTS_FILE, signal);
  checkSections(manifest.tensors, weights.size);
  const files = new Map<string, Uint8Array>();
  for (const name of manifest.files) {
    if (name === WEIGHTS_FILE) continue;
    if (!/^[\w-][\w.-]*\.(json|jinja)$/.test(name) || name === MANIFEST_FILE) {
      damaged('files', 'a plain name ending in .json or .jinja', name.slice(0, 80));
    }
    files.set(name, await readAll(await required(folder, name, signal), MAX_SMALL_FILE, signal));
  }
  return { name: manifest.name, manifest, files, weights };
}

/** Reads the sections unchanged; throws `checkpoint-damaged` at the end of one whose checksum differs. */
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
          yield { tensor, parts, read: part.length, hash: await hash?.state() };
        }
      }
      await hash?.check();
    },
  };
}

interface PublishedSection {
  readonly tensor: number;
  readonly section: number;
  /** Number of sections of the tensor. */
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
 * Checks that sections have the length that type and shape imply, start on multiples of 256, do not overlap, and are
 * inside the file of `size` bytes. Throws `checkpoint-damaged`.
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
        damaged(where, `a multiple of ${ALIGNMENT}, at least ${end}`, `offset ${offset}`);
      }
      end = offset + bytes;
      if (end > size) damaged(where, `a ${WEIGHTS_FILE} of at least ${end} bytes`, `${size} bytes`);
    }
  }
}

function sectionBytes({ dtype, group, shape }: StoredTensor, where: string): number[] {
  const { rows, columns } = matrix(shape);
  if (!isGrouped(dtype)) return [rows * columns * (dtype === 'f16' ? 2 : 4)];
  if (isCell(dtype)) {
    const row = cellRow(dtype, columns);
    if (row === undefined) damaged(where, `rows of whole blocks of ${cellBlock(dtype)}`, String(columns));
    return [rows * row.main * 4, rows * row.rest * 4];
  }
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
    message: 'the bytes do not match the manifest',
    expected: `checksum ${expected.toString(16)}`,
    got: got.toString(16),
  });
}

async function required(folder: CheckpointFolder, name: string, signal?: AbortSignal): Promise<ByteSource> {
  const source = await folder.open(name, signal);
  if (source !== undefined) return source;
  return fail('source-missing', {
    who: folder.name,
    message: 'a file that the manifest lists is missing',
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
    message: 'the file is far larger than files of this kind',
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
