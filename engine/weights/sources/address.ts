/** Parses the address that a user types for a model into the base address of its files. */
import { fail } from '../../base/errors.ts';

const HUB = 'https://huggingface.co';

/**
 * Accepts `org/name`, `org/name@revision`, a hub page's address, or the base address of a folder. `revision` overrides
 * the one in the address. `base` ends with `/`. Throws `request-invalid` for anything else.
 */
export function parseAddress(address: string, revision?: string): { name: string; base: string } {
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
  // The last two address files of the host itself, which may include a model.
  const known = ['http:', 'https:', 'chrome-extension:', 'moz-extension:'];
  if (url === undefined || !known.includes(url.protocol)) {
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
