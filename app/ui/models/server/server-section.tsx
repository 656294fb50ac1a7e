/** A person's own server: its address, its models, a trial, and whether it answers in place of this device. */
import { useEffect, useState } from 'preact/hooks';
import { number, t } from '../../../i18n/index.ts';
import { ASSUMED_CONTEXT, type OwnServer, type ServerModel } from '../../../protocol/server/own-server.ts';
import { serverAddress } from '../../../protocol/server/server-address.ts';
import { ErrorNote } from '../../kit/error-note.tsx';
import { Icon } from '../../kit/icons.tsx';
import { LIMITS } from '../../../protocol/limits.ts';
import type { ModelsController } from '../models-controller.ts';
import type { ServerController, TriedServer } from './server-controller.ts';

export function ServerSection({ controller }: { controller: ModelsController }) {
  const settings = controller.worker.settings.value;
  const { server: own } = controller;
  const server = settings?.server;
  const known = settings !== undefined;
  useEffect(() => {
    if (known) void own.open(server);
  }, [known, own, server?.address]);
  if (!known) return null;
  const failure = own.failure.value;
  const forms = server === undefined || own.changing.value;
  return (
    <section class="stack" id="server">
      <h2>{t('server-title')}</h2>
      <p class="soft small">{t('server-intro')}</p>
      {forms && (
        <p class="note server-leaves">
          <Icon name="upload" />
          <span>{t('server-leaves')}</span>
        </p>
      )}
      {server !== undefined && <SetUp server={server} own={own} />}
      {forms && <ServerForm server={server} own={own} />}
      {failure !== undefined && <ErrorNote error={failure} />}
    </section>
  );
}

/** The server that is set up. */
function SetUp({ server, own }: { server: OwnServer; own: ServerController }) {
  const { host } = serverAddress(server.address);
  const { used, inPrivate } = server;
  const changing = own.changing.value;
  const use = (now: boolean) => void own.set({ ...server, used: now });
  return (
    <div class={`card${used ? ' on' : ''}`}>
      <div class="row head">
        <h3 dir="auto">{server.model}</h3>
        <span class={`tag${used ? ' on' : ''}`}>{t(used ? 'server-on' : 'server-off')}</span>
      </div>
      <p class="small soft" role="status">
        {t(used ? 'server-used' : 'server-unused', { host })}
      </p>
      {own.forbidden.value && (
        <ErrorNote error={{ code: 'server-permission', who: 'browser', message: host }}>
          <button type="button" class="button little" onClick={() => void own.allow(server)}>
            {t('server-allow')}
          </button>
        </ErrorNote>
      )}
      <div>
        <label class="check">
          <input
            type="checkbox"
            checked={inPrivate === true}
            aria-describedby="server-private-hint"
            onChange={({ currentTarget }) => void own.set(withPrivate(server, currentTarget.checked))}
          />
          {t('server-in-private')}
        </label>
        <p class="soft small" id="server-private-hint">
          {t('server-in-private-hint')}
        </p>
      </div>
      {!changing && <Trial tried={own.tried.value} />}
      <div class="row">
        {used ? (
          <button type="button" class="button" onClick={() => use(false)}>
            {t('server-device')}
          </button>
        ) : (
          <button type="button" class="button primary" onClick={() => use(true)}>
            {t('server-use')}
          </button>
        )}
        {!changing && <TryButton own={own} server={server} />}
        {!changing && (
          <button
            type="button"
            class="button quiet"
            onClick={() => {
              own.drop();
              own.changing.value = true;
            }}
          >
            {t('server-change')}
          </button>
        )}
        <button type="button" class="button quiet danger" onClick={() => void own.remove()}>
          {t('server-remove')}
        </button>
      </div>
    </div>
  );
}

function withPrivate({ inPrivate: _, ...server }: OwnServer, on: boolean): OwnServer {
  return on ? { ...server, inPrivate: true } : server;
}

/** Names a server, lists its models, and chooses one. */
function ServerForm({ server, own }: { server: OwnServer | undefined; own: ServerController }) {
  const [address, setAddress] = useState(server?.address ?? '');
  const [key, setKey] = useState('');
  const [keep, setKeep] = useState(false);
  const found = own.found.value;
  return (
    <form
      class="stack server-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (address.trim() !== '') void own.look(address, { key, keep });
      }}
    >
      <div class="address">
        <label class="label">
          {t('server-address-label')}
          <input
            class="field"
            type="text"
            name="server-address"
            inputMode="url"
            autoCapitalize="off"
            autoComplete="off"
            spellcheck={false}
            dir="ltr"
            value={address}
            aria-describedby="server-address-hint"
            onInput={({ currentTarget }) => {
              setAddress(currentTarget.value);
              own.drop();
            }}
          />
        </label>
        <label class="label">
          {t('server-key-label')}
          <input
            class="field"
            type="password"
            name="server-key"
            autoComplete="off"
            dir="ltr"
            value={key}
            onInput={({ currentTarget }) => setKey(currentTarget.value)}
          />
        </label>
        <button type="submit" class="button" disabled={address.trim() === '' || found?.kind === 'running'}>
          {t('server-find')}
        </button>
        <p class="soft small" id="server-address-hint">
          {t('server-address-hint')}
        </p>
      </div>
      {key.trim() !== '' && (
        <label class="check">
          <input
            type="checkbox"
            checked={keep}
            onChange={({ currentTarget }) => setKeep(currentTarget.checked)}
          />
          {t('server-key-keep')}
        </label>
      )}
      {found?.kind === 'running' && (
        <p class="soft small" role="status">
          <span class="pulse" aria-hidden="true" /> {t('server-finding')}
        </p>
      )}
      {found?.kind === 'failed' && <ErrorNote error={found.error} />}
      {found?.kind === 'models' && found.models.length === 0 && (
        <p class="note" role="status">
          {t('server-none')}
        </p>
      )}
      {found?.kind === 'models' && found.models.length > 0 && (
        <ModelChoice
          key={found.address.base}
          address={found.address.base}
          models={found.models}
          before={server}
          own={own}
        />
      )}
    </form>
  );
}

interface ModelChoiceProps {
  readonly address: string;
  /** At least one. */
  readonly models: readonly ServerModel[];
  readonly before: OwnServer | undefined;
  readonly own: ServerController;
}

function ModelChoice({ address, models, before, own }: ModelChoiceProps) {
  const listed = (id: string | undefined) => models.find((model) => model.id === id);
  const [id, setId] = useState((listed(before?.model) ?? models[0])?.id ?? '');
  const stated = listed(id)?.context;
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const usual = stated ?? (before?.address === address && before.model === id ? before.context : undefined);
  const context = tokensIn(typed) ?? usual ?? ASSUMED_CONTEXT;
  const server: OwnServer = {
    address,
    model: id,
    context,
    used: true,
    ...(before?.inPrivate === true ? { inPrivate: true } : {}),
  };
  return (
    <div class="card stack">
      <div class="server-choice">
        <label class="label">
          {t('server-model-label')}
          <select
            class="field"
            value={id}
            onChange={({ currentTarget }) => {
              setId(currentTarget.value);
              setTyped(undefined);
              own.tried.value = undefined;
            }}
          >
            {models.map((model) => (
              <option key={model.id} value={model.id}>
                {model.id}
              </option>
            ))}
          </select>
        </label>
        <label class="label">
          {t('server-context')}
          <input
            class="field"
            type="text"
            inputMode="numeric"
            dir="ltr"
            value={typed ?? String(context)}
            aria-describedby="server-context-hint"
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
            onBlur={() => setTyped(tokensIn(typed)?.toString())}
          />
        </label>
        <p class="soft small" id="server-context-hint">
          {t(stated === undefined ? 'server-context-assumed' : 'server-context-stated')}
        </p>
      </div>
      <Trial tried={own.tried.value} />
      <div class="row">
        <button type="button" class="button primary" onClick={() => void own.set(server)}>
          {t('server-use')}
        </button>
        <TryButton own={own} server={server} />
      </div>
    </div>
  );
}

/** A number within the bounds of the setting. */
function tokensIn(typed: string | undefined): number | undefined {
  const digits = typed?.replace(/[^\d]/g, '') ?? '';
  const tokens = Number(digits);
  const within = tokens >= LIMITS.leastContext && tokens <= LIMITS.context;
  return digits !== '' && within ? tokens : undefined;
}

function TryButton({ own, server }: { own: ServerController; server: OwnServer }) {
  return (
    <button
      type="button"
      class="button"
      disabled={own.tried.value?.kind === 'running'}
      onClick={() => void own.tryOut(server)}
    >
      {t('server-try')}
    </button>
  );
}

function Trial({ tried }: { tried: TriedServer | undefined }) {
  if (tried === undefined) return null;
  if (tried.kind === 'failed') return <ErrorNote error={tried.error} />;
  if (tried.kind === 'running') {
    return (
      <p class="soft small" role="status">
        <span class="pulse" aria-hidden="true" /> {t('server-trying')}
      </p>
    );
  }
  const { answer, milliseconds } = tried.trial;
  return (
    <p class="small tried" role="status">
      <Icon name="check" />
      <span dir="auto">
        {answer === ''
          ? t('server-tried-thought')
          : t('server-tried', { answer, seconds: number(Math.max(milliseconds, 100) / 1000, 1) })}
      </span>
    </p>
  );
}
