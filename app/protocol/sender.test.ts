import { expect, it } from 'vitest';
import { ownerOf, type ReportedSender, type SenderRole, senderOf } from './sender.ts';

const own = { id: 'linnet', origin: 'chrome-extension://linnet' };
const page = { id: 'linnet', url: 'chrome-extension://linnet/popup.html', origin: own.origin };
const web = {
  id: 'linnet',
  url: 'https://example.org/a',
  origin: 'https://example.org',
  frameId: 0,
  tab: { id: 3 },
};
const { origin: _, ...older } = web;

const CASES: readonly (readonly [what: string, sender: ReportedSender | undefined, role: SenderRole])[] = [
  ['a popup', page, 'own-page'],
  ['a page of the extension in a tab', { ...page, tab: { id: 1 }, frameId: 0 }, 'own-page'],
  ['the service worker', { ...page, url: `${own.origin}/background.js` }, 'own-page'],
  ['a page in a browser that names no origin', { id: 'linnet', url: page.url }, 'own-page'],
  ['a page of the extension in a frame', { ...page, tab: { id: 3 }, frameId: 7 }, 'unknown'],
  ['a content script', web, 'web-page'],
  ['a content script in a browser that names no origin', older, 'web-page'],
  ['a content script in a frame', { ...web, frameId: 7 }, 'web-page'],
  ['a content script in a sandbox', { ...web, origin: 'null', url: 'about:srcdoc' }, 'web-page'],
  ['a content script in an empty frame', { ...web, url: 'about:blank' }, 'web-page'],
  ['a page of the extension in a sandbox', { ...page, origin: 'null' }, 'unknown'],
  ['an empty frame within a page of the extension', { ...page, url: 'about:blank' }, 'unknown'],
  ['a web page that claims an address of the extension', { ...web, url: page.url }, 'unknown'],
  ['a web page that claims its origin alone', { ...web, origin: own.origin }, 'unknown'],
  ['an address that begins like the extension’s', { ...older, url: `${own.origin}.example/x` }, 'web-page'],
  ['the extension’s id as the name of a user', { ...older, url: `https://linnet@example.org/` }, 'web-page'],
  ['a web page that is in no tab', { ...web, tab: undefined }, 'unknown'],
  ['a web page that is in no frame', { ...web, frameId: undefined }, 'unknown'],
  ['another extension', { ...page, id: 'other' }, 'unknown'],
  ['another extension’s page in a tab', { ...web, id: 'other' }, 'unknown'],
  ['a sender without an id', { ...page, id: undefined }, 'unknown'],
  ['nobody', undefined, 'unknown'],
  ['an empty report', {}, 'unknown'],
  ['only an id', { id: 'linnet' }, 'unknown'],
];

it.each(CASES)('%s', (_, reported, role) => {
  expect(senderOf(reported, own).role).toBe(role);
});

it('says tab, frame, document and private window', () => {
  const reported = { ...web, documentId: 'D', tab: { id: 3, incognito: true } };
  const sender = senderOf(reported, own);
  expect(sender).toEqual({
    role: 'web-page',
    incognito: true,
    tab: 3,
    frame: 0,
    url: web.url,
    document: 'D',
  });
  expect(ownerOf(sender)).toBe('document/D');
  expect(ownerOf(senderOf(web, own))).toBe('3/0/https://example.org');
  for (const [, other, role] of CASES)
    if (role !== 'web-page') expect(ownerOf(senderOf(other, own))).toBeUndefined();
});
