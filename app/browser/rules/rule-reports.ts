/**
 * What a page is told of the person's rules when it is opened. The worker owns the settings, and usually does not run then,
 * so it reports the rules whenever they change, by way of the page that hosts it, and the service worker keeps them.
 */
import { browser } from 'wxt/browser';
import { HOVER_KEYS, NO_RULES, type PageRules, type ReportedRules } from '../../protocol/page/page-rules.ts';
import { rulesOfPage } from '../../text/sites/rules.ts';
import { siteOf } from '../../text/sites/sites.ts';
import { answerMessage, answerReport } from '../messages/own-messages.ts';
import { READER } from '../messages/page-messages.ts';
import { showPage } from '../tabs.ts';
import { giveBackSites, requestSiteAccess, syncSites } from './site-access.ts';

const REPORT = 'linnet:rules';
const ASK = 'linnet:page-rules';
const ALLOW = 'linnet:allow-site';
const LOAD_READER = 'linnet:load-reader';
const OPEN_SETTINGS = 'linnet:open-settings';
/** In `storage.local`, which web pages cannot read. */
const KEY = 'pageRules';

/** Called in the page that hosts the worker. */
export async function reportRules(rules: ReportedRules): Promise<void> {
  await browser.runtime.sendMessage({ kind: REPORT, rules });
}

/** Called in a content script. No rules where nothing is known, or after an update of Linnet. */
export async function requestPageRules(): Promise<PageRules> {
  const answer: unknown = await browser.runtime.sendMessage(ASK).catch(() => undefined);
  return typeof answer === 'object' && answer !== null ? (answer as PageRules) : NO_RULES;
}

/**
 * Called in a content script, in the moment of a click: asks the person for leave to run on this site. Resolves to whether
 * Linnet may. Browsers that do not count a click on a page as one on Linnet say no without asking.
 */
export async function requestThisSite(): Promise<boolean> {
  return (await browser.runtime.sendMessage(ALLOW)) === true;
}

/** Called in a content script, where the person summarises the site often. Resolves to whether the reader is there now. */
export async function requestReader(): Promise<boolean> {
  return (await browser.runtime.sendMessage(LOAD_READER)) === true;
}

export async function requestSettingsPage(): Promise<void> {
  await browser.runtime.sendMessage(OPEN_SETTINGS);
}

/** Called at every start of the service worker. */
export function answerRuleRequests(): void {
  answerReport(REPORT, ['own-page'], async ({ rules }) => {
    const [before, now] = [await storedRules(), readRules(rules)];
    await browser.storage.local.set({ [KEY]: now });
    await giveBackSites(before, now);
    await syncSites(now);
  });
  answerMessage(ASK, ['web-page'], async ({ url, tab }) => {
    const rules = await storedRules();
    return rulesOfPage(tab?.incognito === true ? { ...rules, often: [] } : rules, url);
  });
  answerMessage(ALLOW, ['web-page'], ({ url }) => {
    const site = siteOf(url);
    if (site === undefined || browser.permissions?.request === undefined) return false;
    return requestSiteAccess(site).then(async (agreed) => {
      await syncSites(await storedRules());
      return agreed;
    });
  });
  answerMessage(LOAD_READER, ['web-page'], async ({ url, tab, frameId }) => {
    const { often } = rulesOfPage(await storedRules(), url);
    if (often !== true || tab?.id === undefined || tab.incognito === true || frameId !== 0) return false;
    await browser.scripting.executeScript({ target: { tabId: tab.id, frameIds: [0] }, files: [READER] });
    return true;
  });
  answerMessage(OPEN_SETTINGS, ['own-page', 'web-page'], async ({ tab }) => {
    if (tab?.active !== false) await showPage('options.html');
  });
  const sync = () => void storedRules().then(syncSites, () => {});
  // Also after an update, with which the browser drops registered scripts.
  sync();
  browser.permissions?.onAdded?.addListener(sync);
  browser.permissions?.onRemoved?.addListener(sync);
}

export const storedRules = async (): Promise<ReportedRules> =>
  readRules((await browser.storage.local.get(KEY))[KEY]);

/** The worker has checked them against the schema of settings; what was stored since may be damaged. */
function readRules(stored: unknown): ReportedRules {
  const { siteRules, languageRules, hoverKey, language, often } = fieldsOf(stored);
  const key = HOVER_KEYS.find((each) => each === hoverKey);
  return {
    siteRules: rulesIn(siteRules),
    languageRules: rulesIn(languageRules),
    ...(key === undefined ? {} : { hoverKey: key }),
    ...(typeof language === 'string' ? { language } : {}),
    ...(Array.isArray(often) ? { often: often.filter((site) => typeof site === 'string') } : {}),
  };
}

const rulesIn = (stored: unknown): NonNullable<ReportedRules['siteRules']> =>
  Object.fromEntries(
    Object.entries(fieldsOf(stored)).flatMap(([name, rule]) =>
      rule === 'always' || rule === 'never' ? [[name, rule]] : [],
    ),
  );

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
