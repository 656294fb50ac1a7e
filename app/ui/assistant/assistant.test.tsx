import { packagedTraits } from '../../protocol/model-traits.ts';
import { render, setMedia } from '../../testing/render.ts';
import '../../testing/window-events.ts';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { t } from '../../i18n/index.ts';
import type { Client } from '../../protocol/client.ts';
import type { Conversation, Job } from '../../protocol/types.ts';
import {
  chatJob,
  conversation,
  conversationPage,
  modelOffer,
  models,
  pageText,
  settings,
  storedModel,
  summaryJob,
  wireError,
} from '../../testing/builders.ts';
import { answersReady, loadMarkdown } from '../conversation/markdown/prose.tsx';
import { Announcer } from './announcer.tsx';
import { Assistant } from './assistant.tsx';
import type { AssistantBrowser } from './assistant-browser.ts';
import { AssistantController } from './assistant-controller.ts';
import { ChatTab } from './chat-tab.tsx';

/** An assistant whose worker answers nothing; the test sets the state it would send. */
function setUp(change: Partial<AssistantBrowser> = {}) {
  const request = vi.fn((_kind: string, _send: unknown) => new Promise<never>(() => {}));
  const client = { onConnection() {}, onEvent() {}, watch() {}, request } as unknown as Client;
  const browser: AssistantBrowser = {
    inPrivate: false,
    tab: { id: 1, url: conversationPage.url, title: 'Tab title' },
    readPage: vi.fn(async () => ({ page: pageText(), selection: '' })),
    showPassage: vi.fn(async () => 'shown' as const),
    goToPage: vi.fn(),
    takePendingSummary: async () => undefined,
    shortcut: undefined,
    translate: vi.fn(async () => {}),
    rules: { detector: undefined, access: vi.fn(async () => true) },
    openModels: vi.fn(),
    openSettings: vi.fn(),
    openInTab: vi.fn(),
    openInPanel: vi.fn(),
    ...change,
  };
  const controller = new AssistantController(client, browser);
  controller.page.value = { kind: 'read', reading: { page: pageText(), selection: '' } };
  controller.worker.models.value = models();
  controller.worker.settings.value = settings();
  const showConversation = (jobs: readonly Job[], change: Partial<Conversation> = {}) => {
    controller.resume('c');
    controller.worker.jobs.value = new Map(jobs.map((job) => [job.id, job]));
    controller.worker.conversation.value = conversation({ jobs: jobs.map(({ id }) => id), ...change });
  };
  return { controller, browser, request, showConversation };
}

beforeAll(loadMarkdown);
afterEach(() => setMedia('(min-width: 860px)', false));

describe('the header', () => {
  it('switches between the list of conversations and the conversation', async () => {
    const { controller } = setUp();
    const screen = render(<Assistant controller={controller} />);
    const button = screen.get('button', t('conversations'));
    await screen.click(button);
    expect(button.getAttribute('aria-pressed')).toBe('true');
    expect(screen.get('region', t('conversations'))).toBeDefined();
    expect(screen.query('contentinfo')).toBeUndefined();
    await screen.click(button);
    expect(screen.query('region', t('conversations'))).toBeUndefined();
    expect(screen.query('contentinfo')).toBeDefined();
  });

  it('leads to the panel, the tab, the models and the settings', async () => {
    const { controller, browser } = setUp();
    const screen = render(<Assistant controller={controller} />);
    for (const label of ['side-panel', 'open-in-tab', 'models', 'settings'] as const) {
      await screen.click(screen.get('button', t('more-actions')));
      await screen.click(screen.get('menuitem', t(label)));
    }
    const { openInPanel, openInTab, openModels, openSettings } = browser;
    for (const open of [openInPanel, openInTab, openModels, openSettings]) {
      expect(open).toHaveBeenCalledOnce();
    }
  });

  it('offers only what the browser has', async () => {
    const { controller } = setUp({ openInPanel: undefined, openInTab: undefined });
    const screen = render(<Assistant controller={controller} />);
    await screen.click(screen.get('button', t('more-actions')));
    expect(screen.names('menuitem')).toEqual([t('models'), t('settings')]);
  });
});

describe('the home view', () => {
  it('sends a summary, a question and a translation', async () => {
    const { controller, browser, request } = setUp();
    const screen = render(<Assistant controller={controller} />);
    await screen.click(screen.get('button', t('summarise')));
    expect(request).toHaveBeenCalledWith(
      'summarise',
      expect.objectContaining({ target: { page: pageText(), tab: 1, url: pageText().url } }),
    );
    await screen.click(screen.get('button', t('translate-page')));
    expect(browser.translate).toHaveBeenCalledWith(1, 'page');
    const field = screen.get('textbox', t('ask-about-page'));
    await screen.type(field, 'Why?');
    await screen.press('Enter', { in: field });
    expect(request.mock.calls.at(-1)).toMatchObject([
      'chat',
      { request: { kind: 'chat', text: 'Why?' }, target: { page: pageText() } },
    ]);
  });

  it('asks without the page once its chip is removed', async () => {
    const { controller, request } = setUp();
    const screen = render(<Assistant controller={controller} />);
    await screen.click(screen.get('button', t('about-page-remove')));
    const field = screen.get('textbox', t('ask-anything'));
    await screen.fill(field, 'Why?');
    await screen.press('Enter', { in: field });
    expect(request.mock.calls.at(-1)).toEqual([
      'chat',
      { request: { kind: 'chat', text: 'Why?' }, target: { tab: 1, url: pageText().url } },
    ]);
  });

  it('warns if conversations are lost at a restart, and shows a failed request', async () => {
    const { controller } = setUp();
    const screen = render(<Assistant controller={controller} />);
    expect(screen.text()).not.toContain(t('notice-database'));
    expect(screen.query('alert')).toBeUndefined();
    await screen.settled(() => {
      controller.worker.notices.value = [{ part: 'database', error: wireError() }];
      controller.failure.value = wireError({ message: 'lost' });
    });
    expect(screen.text()).toContain(t('notice-database'));
    expect(screen.get('alert').textContent).toContain('lost');
  });

  it('hints at better models while the demo model is in use', async () => {
    const { controller, browser } = setUp();
    controller.worker.models.value = models({
      active: { kind: 'idle', model: storedModel({ traits: packagedTraits }) },
    });
    const screen = render(<Assistant controller={controller} />);
    await screen.click(screen.get('button', t('model-choose')));
    expect(browser.openModels).toHaveBeenCalledOnce();
    await screen.settled(() => {
      controller.worker.models.value = models();
    });
    expect(screen.query('button', t('model-choose'))).toBeUndefined();
  });
});

describe('a conversation', () => {
  it('appears once its answers can be shown as they will stay', async () => {
    answersReady.value = false;
    const { controller, showConversation } = setUp();
    showConversation([chatJob({ text: 'It **sings**.' })]);
    const screen = render(<Assistant controller={controller} />);
    expect(screen.query('article')).toBeUndefined();
    await screen.settled(() => {
      answersReady.value = true;
    });
    expect(screen.get('article').textContent).toContain('It sings.');
  });

  it('has its title, and leads back and to a new one', async () => {
    for (const label of ['back', 'new-chat'] as const) {
      const { controller, showConversation } = setUp();
      showConversation([chatJob({ text: 'Yes.' })]);
      const screen = render(<Assistant controller={controller} />);
      expect(screen.get('navigation').textContent).toContain('Small birds');
      expect(screen.text()).toContain('Yes.');
      expect(screen.get('textbox', t('ask-more'))).toBeDefined();
      await screen.click(screen.get('button', t(label)));
      expect(controller.shown.value).toBeUndefined();
      expect(screen.query('navigation')).toBeUndefined();
      screen.unmount();
    }
  });

  it('is renamed in place of its title', async () => {
    const { controller, showConversation, request } = setUp();
    showConversation([chatJob({ text: 'Yes.' })]);
    const screen = render(<Assistant controller={controller} />);
    await screen.click(screen.get('button', t('more-actions-for', { title: 'Small birds' })));
    await screen.click(screen.get('menuitem', t('rename')));
    const field = screen.get('textbox', t('rename-label'));
    expect(document.activeElement === field).toBe(true);
    await screen.fill(field, 'Finches');
    await screen.press('Enter');
    expect(request).toHaveBeenCalledWith('rename-conversation', { conversation: 'c', title: 'Finches' });
    expect(screen.get('navigation').textContent).toContain('Small birds');
  });

  it('can be stopped, and its answers made again and continued', async () => {
    const { controller, showConversation, request } = setUp();
    showConversation([chatJob({ id: 'j', text: 'Ye', progress: { phase: 'writing' } })]);
    const screen = render(<Assistant controller={controller} />);
    await screen.click(screen.get('button', t('stop')));
    await screen.settled(() =>
      showConversation([chatJob({ id: 'j', text: 'Ye', progress: { phase: 'stopped' } })]),
    );
    await screen.click(screen.get('button', t('continue-answer')));
    await screen.click(screen.get('button', t('regenerate')));
    expect(request.mock.calls.slice(-3)).toEqual([
      ['stop', { job: 'j' }],
      ['continue', { job: 'j' }],
      ['regenerate', { job: 'j' }],
    ]);
  });

  it('shows passages of its page, and says why one cannot be shown', async () => {
    const { controller, browser, showConversation } = setUp();
    const job = summaryJob({ text: '- It sings.', passages: ['The linnet sings.'] });
    showConversation([job], { page: conversationPage });
    const screen = render(<Assistant controller={controller} />);
    await screen.click(screen.get('button', 'It sings.'));
    expect(browser.showPassage).toHaveBeenCalledWith(1, {
      url: conversationPage.url,
      text: 'The linnet sings.',
    });
    expect(browser.goToPage).toHaveBeenCalledWith(1);
    expect(screen.query('alert')).toBeUndefined();
    vi.mocked(browser.showPassage).mockResolvedValue('gone');
    await screen.click(screen.get('button', 'It sings.'));
    expect(screen.get('alert').textContent).toBe(t('passage-gone'));
    await screen.click(screen.get('button', t('ask-page')));
    expect(document.activeElement === screen.get('textbox')).toBe(true);
  });

  it('offers a new summary if the page has changed, also without a model', async () => {
    const { controller, showConversation, request } = setUp();
    showConversation([summaryJob({ text: 'Text.' })], { page: conversationPage });
    const screen = render(<Assistant controller={controller} />);
    await screen.settled(() => {
      controller.pageChanged.value = true;
    });
    await screen.settled(() => {
      controller.worker.models.value = models({ active: { kind: 'none' } });
    });
    await screen.click(screen.get('button', t('summarise-again')));
    expect(request).toHaveBeenCalledWith('summarise', expect.anything());
  });

  it('about another page than the one in front leads to a new conversation', async () => {
    const { controller, showConversation } = setUp();
    showConversation([chatJob({ text: 'Yes.' })], {
      page: { ...conversationPage, url: 'https://example.org/wren' },
    });
    const screen = render(<Assistant controller={controller} />);
    expect(screen.get('button', t('about-other-remove'))).toBeDefined();
    await screen.click(screen.get('button', t('new-chat-front')));
    expect(controller.shown.value).toBeUndefined();
  });
});

describe('announcements to a screen reader', () => {
  const announced = (job: Job | undefined) => render(<Announcer job={job} />).get('status').textContent;

  it('is the progress, then the whole answer', () => {
    expect(announced(undefined)).toBe('');
    expect(announced(chatJob({ progress: { phase: 'writing' }, text: 'Ye' }))).toContain(t('status-writing'));
    expect(announced(chatJob({ text: 'Yes.' }))).toBe(`${t('status-done')}. Yes.`);
  });

  it('says once that a preliminary summary is there, while the parts of a page are read', () => {
    const preliminary = { text: '- A.', passages: [null] };
    const at = (...points: string[]) => ({ preliminary, text: '', rounds: [{ ends: [10, 20, 30], points }] });
    const first = announced(summaryJob({ progress: { phase: 'reading' }, ...at('- A.') }));
    expect(first).toBe(t('preliminary-there'));
    expect(announced(summaryJob({ progress: { phase: 'writing' }, ...at('- A.', '- B.') }))).toBe(first);
    expect(announced(summaryJob({ progress: { phase: 'stopped' }, ...at('- A.') }))).toContain(
      t('status-stopped'),
    );
  });

  it('names the part of a long page, and leaves errors to their alert', () => {
    const rounds = [{ ends: [10, 20], points: ['- A.'] }];
    expect(announced(summaryJob({ progress: { phase: 'reading' }, rounds }))).toContain(
      t('part-of', { n: 2, total: 2 }),
    );
    expect(announced(chatJob({ progress: { phase: 'failed', error: wireError() } }))).toBe('');
  });
});

describe('the assistant in a tab', () => {
  it('shows the list beside it once the tab is wide', async () => {
    const { controller } = setUp();
    controller.chats.list.value = [conversation()];
    const screen = render(<ChatTab controller={controller} />);
    expect(screen.query('complementary')).toBeUndefined();
    await screen.settled(() => setMedia('(min-width: 860px)', true));
    expect(screen.get('complementary').textContent).toContain('Small birds');
    expect(screen.query('button', t('conversations'))).toBeUndefined();
    await screen.click(screen.get('button', /^Small birds/));
    expect(controller.shown.value).toBe('c');
    await screen.settled(() => setMedia('(min-width: 860px)', false));
    expect(screen.query('complementary')).toBeUndefined();
  });
});

describe('a model that cannot do a task', () => {
  const offers = (change: Parameters<typeof modelOffer>[0]) =>
    models({ chosen: 'tiny', offers: { tiny: modelOffer(change) } });

  it('is named where key points are by the page, with the way to a better one', async () => {
    const { controller, browser } = setUp();
    controller.worker.models.value = offers({ keyPoints: 'page', reason: 'lists' });
    const screen = render(<Assistant controller={controller} />);
    expect(screen.text()).toContain(t('offer-lists', { name: 'Tiny' }));
    await screen.click(screen.get('button', t('offer-better')));
    expect(browser.openModels).toHaveBeenCalledOnce();
  });

  it('is asked questions only if the person insists', async () => {
    const { controller } = setUp();
    controller.worker.models.value = offers({ chat: false });
    const screen = render(<Assistant controller={controller} />);
    const send = () => screen.get('button', t('send')) as HTMLButtonElement;
    await screen.type(screen.get('textbox'), 'Does it sing?');
    expect(send().disabled).toBe(true);
    await screen.click(screen.get('button', t('offer-ask-anyway')));
    expect(send().disabled).toBe(false);
    expect(screen.query('button', t('offer-ask-anyway'))).toBeUndefined();
  });
});
