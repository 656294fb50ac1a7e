/** Where Linnet may connect to, by the content security policy in its own manifest. */
import { type ConnectPolicy, connectPolicy, fetchFile, log, OPEN_POLICY } from '../../../../engine/index.ts';

/**
 * Reads the policy from the manifest at an address inside the extension. Where it cannot be read everything counts as
 * allowed: the browser still blocks the rest, and reports it.
 */
export async function ownPolicy(
  manifest: string,
  read: (address: string) => Promise<Uint8Array> = fetchFile,
): Promise<ConnectPolicy> {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(await read(manifest)));
    const { content_security_policy: pages } = parsed as {
      content_security_policy?: string | { extension_pages?: string };
    };
    const text = typeof pages === 'string' ? pages : pages?.extension_pages;
    if (typeof text === 'string') return connectPolicy(text, manifest);
  } catch (error) {
    log('warn', 'models', `the manifest cannot be read: ${String(error)}`);
  }
  return OPEN_POLICY;
}
