/** Finds the models at an address, so that a person can choose before anything large is fetched. */
import { fileOfQuantisation, partNames } from '../sources/gguf-names.ts';
import { type HttpOptions, repositoryFiles } from '../sources/http-source.ts';
import { choicesIn, type ModelChoice } from './model-choices.ts';

/** What a repository's list of files says of the models in it. */
export interface FoundModels {
  /** `org/name`. */
  readonly repository: string;
  readonly choices: readonly ModelChoice[];
}

/**
 * The models at an address of a hub, from its list of files: all of the repository, or of the folder that is named. One
 * alone where the address names it. Undefined where there is no list, as on most servers. Throws `request-invalid`,
 * `source-forbidden` before any request, and what the hub refuses by name.
 */
export async function findModels(
  address: string,
  options: HttpOptions = {},
  signal?: AbortSignal,
): Promise<FoundModels | undefined> {
  const found = await repositoryFiles(address, options, signal);
  if (found?.at.repository === undefined) return undefined;
  const { base, file, quantisation, repository } = found.at;
  const { origin, site, id, revision, folder } = repository;
  const root = `${origin}${site.models}/${id}/resolve/${encodeURIComponent(revision)}/`;
  const addressOf = (path: string) => root + path.split('/').map(encodeURIComponent).join('/');
  const inside = found.files.filter(({ path }) => path.startsWith(folder));
  const choices = choicesIn(inside, addressOf, id);
  const paths = inside.map(({ path }) => path);
  const named = quantisation === undefined ? undefined : fileOfQuantisation(paths, quantisation);
  const wanted =
    named === undefined ? file && base + encodeURIComponent(partNames(file)[0] as string) : addressOf(named);
  const only = choices.filter((choice) => choice.address === wanted);
  return { repository: id, choices: only.length > 0 ? only : choices };
}
