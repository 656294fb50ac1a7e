import { render } from '../../../testing/render.ts';
import { signal } from '@preact/signals';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { t } from '../../../i18n/index.ts';
import { conversation, conversationPage } from '../../../testing/builders.ts';
import type { FoundConversation } from '../../../protocol/search-result.ts';
import { ChatsController, type ChatsControllerOptions } from './chats-controller.ts';
import { ChatsList } from './chats-list.tsx';
import { UndoOffer } from './undo-offer.tsx';

afterEach(() => vi.useRealTimers());

function setUp(list: FoundConversation[] = [conversation()]) {
  const request = vi.fn(async (kind: string, _send: object) => (kind === 'conversations' ? list : null));
  const listChanges = signal(1);
  const chats = new ChatsController({
    client: { request } as unknown as ChatsControllerOptions['client'],
    worker: { listChanges },
    attempt: (work) => work(),
    isPrivate: () => false,
    onDeleted: vi.fn(),
  });
  return { chats, request, listChanges };
}

async function show(list?: FoundConversation[], current?: string) {
  const { chats, request, listChanges } = setUp(list);
  const onOpen = vi.fn();
  const screen = render(
    <>
      <ChatsList chats={chats} current={current} onOpen={onOpen} />
      <UndoOffer chats={chats} />
    </>,
  );
  await screen.settled();
  const choose = async (
    action: 'rename' | 'save-markdown' | 'delete-conversation',
    title = 'Small birds',
  ) => {
    await screen.click(screen.get('button', t('more-actions-for', { title })));
    await screen.click(screen.get('menuitem', t(action)));
  };
  return { screen, chats, request, listChanges, onOpen, choose };
}

describe('the list of conversations', () => {
  it('marks the current one, and opens the chosen one', async () => {
    const list = [conversation(), conversation({ id: 'd', title: '', page: conversationPage })];
    const { screen, onOpen } = await show(list, 'c');
    const current = screen.all('button').filter((button) => button.hasAttribute('aria-current'));
    expect(current.map(({ textContent }) => textContent)).toEqual([expect.stringContaining('Small birds')]);
    await screen.click(screen.getText(t('untitled-conversation')));
    expect(onOpen.mock.calls).toEqual([['d']]);
  });

  it('says that there are none, or none that match', async () => {
    const { screen } = await show([]);
    expect(screen.text()).toContain(t('conversations-none'));
    await screen.fill(screen.get('searchbox', t('search')), 'wren');
    expect(screen.text()).toContain(t('conversations-not-found', { find: 'wren' }));
    expect(screen.all('status')[0]!.textContent).toBe(t('conversations-found', { n: 0 }));
  });

  it('shows the words by which a conversation was found', async () => {
    const snippet = { before: 'the ', hit: 'linnet', after: ' sings' };
    const { screen } = await show([{ ...conversation(), snippet }]);
    expect(screen.get('mark').textContent).toBe('linnet');
    expect(screen.text()).toContain('the linnet sings');
  });

  it('follows changes only while it is shown', async () => {
    const { screen, request, listChanges } = await show();
    await screen.settled(() => void listChanges.value++);
    expect(request).toHaveBeenCalledTimes(2);
    screen.unmount();
    await screen.settled(() => void listChanges.value++);
    expect(request).toHaveBeenCalledTimes(2);
  });

  it('shows more on request', async () => {
    const list = Array.from({ length: 41 }, (_, n) => conversation({ id: `${n}` }));
    const { screen, request } = await show(list);
    expect(screen.all('listitem')).toHaveLength(40);
    await screen.click(screen.get('button', t('conversations-more')));
    expect(request.mock.calls.at(-1)).toEqual(['conversations', { limit: 81 }]);
    expect(screen.all('listitem')).toHaveLength(41);
    expect(screen.query('button', t('conversations-more'))).toBeUndefined();
  });
});

describe('an entry', () => {
  it('is renamed in place, with the focus in the field', async () => {
    const { screen, request, choose } = await show();
    await choose('rename');
    const field = screen.get('textbox', t('rename-label')) as HTMLInputElement;
    expect(document.activeElement === field).toBe(true);
    expect(field.value).toBe('Small birds');
    await screen.fill(field, 'Finches');
    await screen.click(screen.get('button', t('save')));
    expect(request).toHaveBeenCalledWith('rename-conversation', { conversation: 'c', title: 'Finches' });
    expect(screen.query('textbox')).toBeUndefined();
  });

  it.each(['an empty title', 'Escape', 'the button'])('keeps its title by %s', async (by) => {
    const { screen, request, choose } = await show();
    await choose('rename');
    await screen.fill(screen.get('textbox'), by === 'an empty title' ? '  ' : 'Finches');
    if (by === 'an empty title') await screen.press('Enter');
    else if (by === 'Escape') await screen.press('Escape');
    else await screen.click(screen.get('button', t('cancel')));
    expect(request).not.toHaveBeenCalledWith('rename-conversation', expect.anything());
    expect(screen.query('textbox')).toBeUndefined();
  });

  it('is deleted, and restored by the offer to undo', async () => {
    const { screen, request, choose } = await show();
    await choose('delete-conversation');
    expect(request).toHaveBeenCalledWith('delete-conversation', { conversation: 'c' });
    expect(screen.text()).toContain(t('deleted-conversation', { title: 'Small birds' }));
    await screen.click(screen.get('button', t('undo')));
    expect(request).toHaveBeenCalledWith('restore-conversation', { conversation: 'c' });
    expect(screen.query('button', t('undo'))).toBeUndefined();
  });

  it('stays deleted if the offer is dismissed', async () => {
    const { screen, request, choose } = await show();
    await choose('delete-conversation');
    await screen.click(screen.get('button', t('dismiss')));
    expect(screen.query('button', t('undo'))).toBeUndefined();
    expect(request).not.toHaveBeenCalledWith('restore-conversation', expect.anything());
  });
});
