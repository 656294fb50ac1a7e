/** What is asked of a hub before the files of a model can be: its lists of files, and what an address leaves open. */
import { fail } from '../../../base/errors.ts';
import { hubFile } from '../hub.ts';
import type { Connection } from '../http-request.ts';
import { fileOfQuantisation, isGgufModel, quantisationIn } from '../gguf-names.ts';
import { decided, listAddress, listFiles, type ListedFile } from './hub-files.ts';
import { inFolderOf, type ModelAddress, type RepositoryAddress } from './model-address.ts';

export type HubLists = ReturnType<typeof hubLists>;

/** A hub's lists of files; each is asked for once. */
export function hubLists(connection: Connection) {
  const lists = new Map<string, Promise<readonly ListedFile[] | undefined>>();
  const read = (url: string, signal?: AbortSignal) => {
    const list = lists.get(url) ?? listFiles(url, connection, signal);
    lists.set(url, list);
    list.catch(() => lists.delete(url));
    return list;
  };
  return {
    folder: (at: RepositoryAddress, signal?: AbortSignal) => read(listAddress(at, false), signal),
    all: (at: RepositoryAddress, signal?: AbortSignal) => read(listAddress(at, true), signal),
    /** The SHA-256 of a large file. */
    async hash(url: string, signal?: AbortSignal): Promise<string | undefined> {
      const file = hubFile(url);
      const list = file && (await read(file.tree, signal));
      return list?.find(({ path }) => path === file?.path)?.sha256;
    },
  };
}

/** Decides what an address leaves open: the end of the revision, and the file of a quantisation. */
export async function chosen(
  parsed: ModelAddress,
  connection: Connection,
  lists: HubLists,
  signal?: AbortSignal,
): Promise<ModelAddress> {
  const at = await decided(parsed, connection, signal);
  const { quantisation, repository } = at;
  if (quantisation === undefined || repository === undefined) return at;
  const paths = ((await lists.all(repository, signal)) ?? []).map(({ path }) => path);
  const found = fileOfQuantisation(paths, quantisation);
  if (found === undefined) {
    return fail('source-missing', {
      who: repository.id,
      message: 'the repository has no such quantisation',
      expected:
        [...new Set(paths.filter(isGgufModel).map(quantisationIn))].filter(Boolean).join(', ') ||
        'a GGUF file',
      got: quantisation,
    });
  }
  return inFolderOf(at, found);
}
