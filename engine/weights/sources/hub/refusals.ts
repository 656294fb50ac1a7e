/**
 * Why a hub refused a request, by the code that it sends with the status. A hub answers 401 both for a repository that does
 * not exist and for one that is private, so that nobody learns of private ones.
 *
 * Source: `hf_raise_for_status` of huggingface_hub (RepoNotFound, GatedRepo, EntryNotFound, RevisionNotFound). A closed
 * repository is known by its message.
 */
import { fail } from '../../../base/errors.ts';

const DISABLED = 'Access to this resource is disabled.';

/** The request that was refused. */
export interface RefusedFile {
  readonly url: string;
  readonly name: string;
  /** Whether it carried an access token. */
  readonly withToken: boolean;
}

/**
 * Throws `source-gated` (access must be asked for, or an access token given), `source-not-found` (no such repository or
 * revision, or a private one) or `source-token` (the token is not valid). Returns whether the hub says that this one file
 * is missing; false if the response has no code of a hub.
 */
export function readRefusal(response: Response, { url, name, withToken }: RefusedFile): boolean {
  const code = response.headers.get('x-error-code') ?? '';
  const said = response.headers.get('x-error-message')?.slice(0, 300) ?? '';
  const { status } = response;
  const got = [status, code, said].filter((part) => part !== '').join(', ');
  const facts = { who: name, where: modelPage(url), got };
  if (code === 'EntryNotFound') return true;
  if (status === 401 && withToken && code !== 'GatedRepo') {
    fail('source-token', { ...facts, message: 'the hub does not accept the access token' });
  }
  if (code === 'GatedRepo') {
    const message = withToken
      ? 'the account of the access token has no access to this model yet'
      : 'the publisher gives this model only to people who asked for it';
    fail('source-gated', { ...facts, message, expected: 'access, and an access token of that account' });
  }
  if (code === 'RepoNotFound') {
    const message = withToken
      ? 'the hub has no repository of this name that the access token may read'
      : 'the hub has no public repository of this name; it does not exist, or it is private';
    fail('source-not-found', { ...facts, message, expected: 'org/name as its page writes it' });
  }
  if (code === 'RevisionNotFound') {
    fail('source-not-found', {
      ...facts,
      message: 'the repository has no such branch, tag or commit',
      expected: 'a revision, such as main',
    });
  }
  if (said === DISABLED) {
    fail('source-not-found', { ...facts, message: 'the hub has closed this repository' });
  }
  return false;
}

/** The page of the model that an address belongs to; the address itself if it has not a hub's form. */
function modelPage(url: string): string {
  const { origin, pathname } = new URL(url);
  const found = /^\/(?:api\/)?(?:models\/)?([^/]+\/[^/]+)\/(?:resolve|tree|refs)(?:\/|$)/.exec(pathname);
  const site = pathname.startsWith('/models/') ? `${origin}/models` : origin;
  return found === null ? url : `${site}/${found[1]}`;
}
