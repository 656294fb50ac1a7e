/**
 * Tells the worker what may be asked about next, so that it is read before: the conversation that is shown, else the page in
 * front. Nothing of a private window.
 */
import { effect, type ReadonlySignal } from '@preact/signals';
import type { PageReading } from '../../browser/messages/page-messages.ts';
import type { Client } from '../../protocol/client.ts';
import type { PageText } from '../../protocol/types.ts';
import type { AssistantBrowser } from './assistant-browser.ts';

type Reading =
  | { readonly kind: 'none' | 'reading' | 'failed' }
  | { readonly kind: 'read'; readonly reading: PageReading };

interface Shown {
  readonly client: Client;
  readonly surface: Pick<AssistantBrowser, 'power' | 'inPrivate'>;
  readonly page: ReadonlySignal<Reading>;
  /** Id of the conversation that is shown. */
  readonly shown: ReadonlySignal<string | undefined>;
}

export function tellAhead({ client, surface, page, shown }: Shown): void {
  const { power } = surface;
  if (power === undefined) return;
  let told: string | PageText | undefined;
  effect(() => {
    const conversation = shown.value;
    const status = page.value;
    if (status.kind === 'reading' || surface.inPrivate) return;
    const read = status.kind === 'read' ? status.reading.page : undefined;
    const wanted = conversation ?? read;
    if (isSame(told, wanted)) return;
    told = wanted;
    const send = conversation === undefined ? { page: read } : { conversation };
    // What cannot be read now is read when it is asked about.
    power()
      .then((now) => client.request('read-ahead', { ...send, power: now }))
      .catch(() => {});
  });
}

/** The page is read again before each question; if it is the same, there is nothing to tell. */
function isSame(one: string | PageText | undefined, other: string | PageText | undefined): boolean {
  if (typeof one !== 'object' || typeof other !== 'object') return one === other;
  return one.url === other.url && one.text === other.text;
}
