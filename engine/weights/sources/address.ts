/** Parses the address that a user types for a model into the base address of its files. */
import { fail } from '../../base/errors.ts';

const HUB = 'https://huggingface.co';

/** Options of {@link parseAddress}. */
export interface AddressOptions {
  /** Overrides the one in the address. */
  readonly revision?: string;
  /** Allows schemes other than http and https. */
  readonly wholeFiles?: boolean;
}

/**
 * Accepts `org/name`, `org/name@revision`, a hub page's address, or the base address of a folder. `base` ends with `/`.
 * Throws `request-invalid` for anything else.
 */
export function parseAddress(
  address: string,
  { revision, wholeFiles }: AddressOptions = {},
): { name: string; base: string } {
  const page =
    /^https:\/\/(?:www\.)?(?:huggingface\.co|hf\.co)\/([^/\s]+\/[^/\s?#]+)(?:\/(?:tree|resolve|blob)\/([^/\s?#]+))?\/?$/.exec(
      address,
    );
  const id = page ?? /^([\w.-]+\/[\w.-]+)(?:@([\w./-]+))?$/.exec(address);
  if (id?.[1] !== undefined) {
    const at = revision ?? id[2] ?? 'main';
    return { name: id[1], base: `${HUB}/${id[1]}/resolve/${encodeURIComponent(at)}/` };
  }
  let url: URL | undefined;
  try {
    url = new URL(address);
  } catch {}
  const known = wholeFiles === true || url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url === undefined || !known) {
    return fail('request-invalid', {
      who: 'address',
      message: 'this is neither a repository nor the address of a folder',
      expected: 'org/name, org/name@revision or https://…/folder/',
      got: address.slice(0, 200),
    });
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  const name = url.pathname.split('/').filter(Boolean).pop() ?? url.hostname;
  return { name, base: url.href };
}
