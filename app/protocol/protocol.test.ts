import { describe, expect, it, vi } from 'vitest';
import { fail } from '../../engine/index.ts';
import {
  type RelayPort,
  type RelayWorker,
  relayInWorker,
  createPortRelay,
  type ToWorkerMessage,
} from './port-relay.ts';
import { createClient } from './client.ts';
import { openGate, ownPage, pipe } from '../testing/fake-pipe.ts';
import { isPractice, packagedTraits } from './model-traits.ts';
import { createServer, type Handlers, type Server } from './server.ts';
import type { ServerChannel } from './messages.ts';
import type { ServerEvent } from './requests.ts';
import type { Sender } from './sender.ts';
import type { Settings } from './types.ts';

const settings: Settings = {
  style: { type: 'tldr', length: 'short' },
  language: 'de',
  autoStart: true,
  demoImported: true,
  pace: 'balanced',
  prompts: [],
};

function fakeServer(): Server {
  const handlers = {
    settings: () => settings,
    'set-settings': ({ settings: patch }: { settings: Partial<Settings> }) => ({ ...settings, ...patch }),
    stop: () => fail('request-invalid', { who: 'jobs', message: 'no such job', got: 'x' }),
    warm: () => new Promise<null>(() => {}),
  } as unknown as Handlers;
  return createServer(
    handlers,
    async (topic) => (topic === 'settings' ? () => ({ kind: 'settings', settings }) : undefined),
    openGate,
  );
}

const tick = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('client and server', () => {
  it('answers a request', async () => {
    const server = fakeServer();
    const connection = pipe();
    const client = createClient({ connect: () => connection.client, ensure: async () => {} });
    setTimeout(() => server.accept(connection.server));
    const reply = await client.request('set-settings', { settings: { language: 'fr' } });
    expect(reply).toEqual({ ...settings, language: 'fr' });
  });

  it('carries code, facts and next step of a refusal', async () => {
    const server = fakeServer();
    const connection = pipe();
    const client = createClient({ connect: () => connection.client, ensure: async () => {} });
    setTimeout(() => server.accept(connection.server));
    await expect(client.request('stop', { job: 'x' })).rejects.toMatchObject({
      code: 'request-invalid',
      got: 'x',
    });
  });

  it('sends the state of a topic first, then its changes', async () => {
    const server = fakeServer();
    const connection = pipe();
    const client = createClient({ connect: () => connection.client, ensure: async () => {} });
    const events: ServerEvent[] = [];
    client.onEvent((event) => events.push(event));
    client.watch(['settings']);
    setTimeout(() => server.accept(connection.server));
    await tick();
    server.emit('settings', { kind: 'settings', settings: { ...settings, language: 'ja' } });
    server.emit('models', { kind: 'models', models: { active: { kind: 'none' }, stored: [], imports: [] } });
    await tick();
    expect(events.map((e) => e.kind === 'settings' && e.settings.language)).toEqual(['de', 'ja']);
  });

  it('sends the state of a watched topic again on request, to that client alone', async () => {
    const server = fakeServer();
    const seen = [0, 0];
    const clients = seen.map((_, i) => {
      const connection = pipe();
      const client = createClient({ connect: () => connection.client, ensure: async () => {} });
      client.onEvent(() => seen[i]!++);
      client.watch(['settings']);
      setTimeout(() => server.accept(connection.server));
      return client;
    });
    await tick();
    await clients[0]!.request('resync', { topic: 'settings' });
    expect(seen).toEqual([2, 1]);
    await clients[0]!.request('resync', { topic: 'models' });
    expect(seen).toEqual([2, 1]);
  });

  it('has the other side created when it does not answer', async () => {
    const server = fakeServer();
    let exists = false;
    const client = createClient({
      connect() {
        const connection = pipe();
        if (exists) setTimeout(() => server.accept(connection.server));
        else setTimeout(connection.cut);
        return connection.client;
      },
      async ensure() {
        exists = true;
      },
      patience: [0, 1],
    });
    expect(await client.request('settings', {})).toEqual(settings);
  });

  it('gives up with engine-unreachable', async () => {
    const client = createClient({
      connect() {
        const connection = pipe();
        setTimeout(connection.cut);
        return connection.client;
      },
      ensure: () => Promise.reject(new Error('no')),
      patience: [0, 1],
    });
    await expect(client.request('warm', {})).rejects.toMatchObject({ code: 'engine-unreachable' });
  });

  it('reconnects automatically, refuses requests in flight and watches again', async () => {
    const server = fakeServer();
    const connections: ReturnType<typeof pipe>[] = [];
    const client = createClient({
      connect() {
        const connection = pipe();
        connections.push(connection);
        setTimeout(() => server.accept(connection.server));
        return connection.client;
      },
      ensure: async () => {},
      patience: [0, 1],
    });
    const events: ServerEvent[] = [];
    client.onEvent((event) => events.push(event));
    client.watch(['settings']);
    const stuck = client.request('warm', {});
    await tick();
    connections[0]?.cut();
    await expect(stuck).rejects.toMatchObject({ code: 'engine-unreachable' });
    await vi.waitFor(() => expect(events).toHaveLength(2));
    expect(connections).toHaveLength(2);
  });
});

class FakePort implements RelayPort {
  readonly name = 'linnet';
  readonly sent: unknown[] = [];
  disconnected = false;
  private messages: ((m: unknown) => void)[] = [];
  private ends: (() => void)[] = [];
  readonly onMessage = { addListener: (f: (m: unknown) => void) => void this.messages.push(f) };
  readonly onDisconnect = { addListener: (f: () => void) => void this.ends.push(f) };
  postMessage(m: unknown): void {
    this.sent.push(m);
  }
  disconnect(): void {
    this.disconnected = true;
  }
  emit(m: unknown): void {
    for (const f of this.messages) f(m);
  }
  leave(): void {
    for (const f of this.ends) f();
  }
}

class FakeWorker implements RelayWorker {
  onmessage: RelayWorker['onmessage'] = null;
  onerror: RelayWorker['onerror'] = null;
  terminated = false;
  accepted = 0;
  private readonly receive: (m: ToWorkerMessage) => void;
  constructor(server: Server) {
    this.receive = relayInWorker(
      (data) => this.onmessage?.({ data } as MessageEvent),
      (channel) => {
        this.accepted++;
        server.accept(channel);
      },
    );
  }
  postMessage(m: ToWorkerMessage): void {
    this.receive(m);
  }
  terminate(): void {
    this.terminated = true;
  }
}

describe('the port relay', () => {
  it('connects a port to the server in the worker', async () => {
    const server = fakeServer();
    const relay = createPortRelay(() => new FakeWorker(server));
    const port = new FakePort();
    relay.accept(port, ownPage);
    port.emit({ id: 7, request: { kind: 'settings' } });
    await tick();
    expect(port.sent).toEqual([{ kind: 'hello' }, { kind: 'reply', id: 7, value: settings }]);
  });

  it('sends nothing more to a port that closed', async () => {
    const server = fakeServer();
    const post = vi.fn();
    const receive = relayInWorker(
      () => {},
      (channel) => server.accept({ ...channel, post }),
    );
    receive({ kind: 'open', port: 1, sender: ownPage });
    receive({ kind: 'frame', port: 1, frame: { id: 1, request: { kind: 'watch', topics: ['settings'] } } });
    await vi.waitFor(() => expect(post).toHaveBeenCalledWith({ kind: 'reply', id: 1, value: null }));
    post.mockClear();
    server.emit('settings', { kind: 'settings', settings });
    expect(post).toHaveBeenCalledOnce();
    receive({ kind: 'close', port: 1 });
    server.emit('settings', { kind: 'settings', settings });
    expect(post).toHaveBeenCalledOnce();
  });

  it('says so of a port that closed before anyone listened', () => {
    const channels: ServerChannel[] = [];
    const receive = relayInWorker(
      () => {},
      (channel) => channels.push(channel),
    );
    receive({ kind: 'open', port: 1, sender: ownPage });
    receive({ kind: 'close', port: 1 });
    const closed = vi.fn();
    channels[0]!.onClose(closed);
    expect(closed).toHaveBeenCalledOnce();
  });

  it('says who opened each port; nothing in a frame can say otherwise', async () => {
    const senders: Sender[] = [];
    const note = (_: unknown, sender: Sender) => senders.push(sender);
    const handlers = { settings: note } as unknown as Handlers;
    const server = createServer(handlers, async () => undefined, openGate);
    const relay = createPortRelay(() => new FakeWorker(server));
    const page: Sender = { role: 'web-page', incognito: true, tab: 3, frame: 0, document: 'D' };
    const ports = [page, ownPage, page].map((sender) => {
      const port = new FakePort();
      relay.accept(port, sender);
      return port;
    });
    for (const port of ports)
      port.emit({ id: 1, sender: ownPage, port: 2, request: { kind: 'settings', sender: ownPage } });
    await tick();
    expect(senders).toEqual([page, ownPage, page]);
  });

  it('replaces a worker that failed, and closes its ports so that pages connect again', async () => {
    const workers: FakeWorker[] = [];
    const relay = createPortRelay(() => {
      const worker = new FakeWorker(fakeServer());
      workers.push(worker);
      return worker;
    });
    const port = new FakePort();
    relay.accept(port, ownPage);
    workers[0]?.onerror?.({} as ErrorEvent);
    expect(port.disconnected).toBe(true);
    expect(workers[0]?.terminated).toBe(true);
    relay.accept(new FakePort(), ownPage);
    expect(workers.map((w) => w.accepted)).toEqual([1, 1]);
  });
});

it('reads the traits of a model, and those that earlier versions stored', () => {
  const models = [
    {},
    { traits: packagedTraits },
    { traits: ['demo'] },
    { traits: ['practice', 'plain-prompts'] },
  ];
  expect(models.map(isPractice)).toEqual([false, true, true, true]);
});
