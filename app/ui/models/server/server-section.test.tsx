import { expect, test, vi } from 'vitest';
import { t } from '../../../i18n/index.ts';
import { modelsPage } from '../../../testing/model-builders.ts';
import { settings } from '../../../testing/builders.ts';
import { render } from '../../../testing/render.ts';
import type { OwnServer } from '../../../protocol/server/own-server.ts';
import { ServerSection } from './server-section.tsx';

const own: OwnServer = { address: 'http://192.168.1.5:11434/v1/', model: 'big', context: 8192, used: true };

async function section(server?: OwnServer) {
  const page = await modelsPage({ settings: { ...(server === undefined ? {} : { server }) } });
  const screen = render(<ServerSection controller={page.controller} />);
  return { ...page, screen, button: (name: string) => screen.get('button', name) as HTMLButtonElement };
}

test('a server is looked for, tried and used; nothing is asked before the address is typed', async () => {
  const { client, screen, button } = await section();
  expect(button(t('server-find')).disabled).toBe(true);
  await screen.fill(screen.get('textbox', t('server-address-label')), '192.168.1.5:11434');
  client.answer('server-models', () => [{ id: 'big', context: 8192 }, { id: 'small' }]);
  await screen.click(button(t('server-find')));
  expect(client.sent('server-models')).toEqual([{ address: own.address }]);
  expect(client.sent('server-key')).toEqual([]);
  expect(screen.text()).toContain(t('server-context-stated'));
  client.answer('try-server', () => ({ answer: 'Hello.', milliseconds: 1234 }));
  await screen.click(button(t('server-try')));
  expect(screen.text()).toContain(t('server-tried', { answer: 'Hello.', seconds: '1.2' }));
  await screen.click(button(t('server-use')));
  expect(client.sent('set-settings').at(-1)).toEqual({ settings: { server: own } });
});

test('a refusal of the browser, an address that is none, and a server that is down are said', async () => {
  const { client, serverBrowser, screen, button } = await section();
  const address = screen.get('textbox', t('server-address-label'));
  await screen.fill(address, 'http://example.org');
  await screen.click(button(t('server-find')));
  expect(screen.get('alert').textContent).toContain(t('error-server-address'));
  expect(client.sent('server-models')).toEqual([]);
  await screen.fill(address, '192.168.1.5:11434');
  expect(screen.query('alert')).toBeUndefined();
  vi.spyOn(serverBrowser, 'ask').mockResolvedValueOnce(false);
  await screen.click(button(t('server-find')));
  expect(screen.get('alert').textContent).toContain(t('error-server-permission'));
  expect(client.sent('server-models')).toEqual([]);
  client.refuse('server-models', 'server-down');
  await screen.click(button(t('server-find')));
  expect(screen.get('alert').textContent).toContain(t('error-server-down'));
});

test('a server in use says where texts go, and can be put aside and removed', async () => {
  const { client, screen, button, serverBrowser } = await section(own);
  expect(screen.text()).toContain(t('server-used', { host: '192.168.1.5:11434' }));
  await screen.click(button(t('server-device')));
  expect(client.sent('set-settings').at(-1)).toEqual({ settings: { server: { ...own, used: false } } });
  const release = vi.spyOn(serverBrowser, 'release');
  await screen.click(button(t('server-remove')));
  expect(client.sent('set-settings').at(-1)).toEqual({ settings: {}, unset: ['server'] });
  expect(release).toHaveBeenCalledWith();
});

test('private windows are asked about', async () => {
  const { client, screen } = await section(own);
  await screen.click(screen.get('checkbox', t('server-in-private')));
  expect(client.sent('set-settings').at(-1)).toEqual({ settings: { server: { ...own, inPrivate: true } } });
});

test('where the browser no longer allows it, the person can allow it again', async () => {
  const page = await modelsPage({ settings: { server: { ...own, used: false } } });
  vi.spyOn(page.serverBrowser, 'allowed').mockResolvedValue(false);
  const screen = render(<ServerSection controller={page.controller} />);
  await vi.waitFor(() => expect(screen.query('alert')).toBeDefined());
  expect(screen.get('alert').textContent).toContain(t('error-server-permission'));
  await screen.click(screen.get('button', t('server-allow')));
  expect(screen.query('alert')).toBeUndefined();
  expect(settings().server).toBeUndefined();
});
