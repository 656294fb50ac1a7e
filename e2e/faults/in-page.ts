/**
 * The campaign's client, as functions that run in a page of the extension, not in Node: they may not refer to anything
 * outside themselves. It speaks the protocol of `app/protocol/messages.ts` over a port of its own, so that a request is
 * known to be acknowledged, refused, or neither because the connection ended first.
 */

/** How a request ended. `lost`: the connection ended before a reply, so the request may have been carried out or not. */
export type Outcome<T> =
  | { readonly kind: 'acknowledged'; readonly value: T }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'lost' };

/** What the campaign reads of a job. */
export interface JobState {
  readonly id: string;
  readonly text: string;
  readonly progress: { readonly phase: string };
  readonly unsaved?: true;
  readonly rounds?: readonly { readonly points: readonly unknown[]; readonly ends: readonly unknown[] }[];
}

export interface InPage {
  ask(request: object): Promise<Outcome<never>>;
  /** The newest state of each job that was started through this page; from events. */
  readonly jobs: Map<string, JobState>;
  /** The newest event of each other kind. */
  readonly events: Map<string, unknown>;
  watch(topics: readonly string[]): Promise<void>;
}

/** Installs the client as `globalThis.faults`; does nothing where it is installed. */
export function installClient(): void {
  type Port = {
    postMessage(message: unknown): void;
    readonly onDisconnect: { addListener(listener: () => void): void };
    readonly onMessage: { addListener(listener: (frame: Frame) => void): void };
  };
  type Frame =
    | { kind: 'hello' }
    | { kind: 'reply'; id: number; value: never }
    | { kind: 'refusal'; id: number; error: { code: string; message: string } }
    | { kind: 'event'; event: { kind: string; job?: unknown; jobs?: Job[]; at?: number; text?: string } };
  type Job = JobState;
  const scope = globalThis as unknown as {
    faults?: InPage;
    chrome: { runtime: { lastError?: unknown; connect(options: object): Port } };
  };
  if (scope.faults !== undefined) return;
  const { runtime } = scope.chrome;
  const waiting = new Map<number, (outcome: Outcome<never>) => void>();
  const jobs = new Map<string, Job>();
  const events = new Map<string, unknown>();
  const topics = new Set<string>();
  let open: Promise<Port> | undefined;
  let last = 0;

  const take = (event: Extract<Frame, { kind: 'event' }>['event']) => {
    events.set(event.kind, event);
    const whole = event.kind === 'job' ? [event.job as Job] : event.kind === 'conversation' ? event.jobs : [];
    for (const job of whole ?? []) jobs.set(job.id, job);
    const changed = event.kind === 'delta' ? jobs.get(event.job as string) : undefined;
    if (changed !== undefined)
      jobs.set(changed.id, { ...changed, text: changed.text.slice(0, event.at) + event.text });
  };
  const connect = () =>
    new Promise<Port>((resolve) => {
      const attempt = () => {
        let greeted = false;
        const port = runtime.connect({ name: 'linnet' });
        port.onDisconnect.addListener(() => {
          void runtime.lastError;
          if (!greeted) return void setTimeout(attempt, 100);
          open = undefined;
          for (const settle of waiting.values()) settle({ kind: 'lost' });
          waiting.clear();
        });
        port.onMessage.addListener((frame) => {
          if (frame.kind === 'event') return take(frame.event);
          if (frame.kind === 'hello') {
            greeted = true;
            if (topics.size > 0)
              port.postMessage({ id: ++last, request: { kind: 'watch', topics: [...topics] } });
            return resolve(port);
          }
          const settle = waiting.get(frame.id);
          waiting.delete(frame.id);
          if (frame.kind === 'reply') settle?.({ kind: 'acknowledged', value: frame.value });
          else settle?.({ kind: 'refused', code: frame.error.code, message: frame.error.message });
        });
      };
      attempt();
    });
  const ask = async (request: object) => {
    open ??= connect();
    const port = await open;
    return new Promise<Outcome<never>>((resolve) => {
      const id = ++last;
      waiting.set(id, resolve);
      port.postMessage({ id, request });
    });
  };
  const watch = async (more: readonly string[]) => {
    for (const topic of more) topics.add(topic);
    await ask({ kind: 'watch', topics: [...topics] });
  };
  scope.faults = { ask, jobs, events, watch };
}
