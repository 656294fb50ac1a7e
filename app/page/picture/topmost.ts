/** The part of a page that lies on top of it: an element in full screen, or a dialog that was opened to be read. */
import {
  bodyOf,
  documentElementOf,
  fullscreenElementOf,
  getAttribute,
  isRendered,
  matches,
  nodeName,
  selectAll,
} from '../dom/pristine.ts';
import { beginningOf } from './short-text.ts';

const DIALOGS = 'dialog[open], [aria-modal="true"], [role="dialog"], [role="alertdialog"]';
const QUESTIONS = 'input[type="password"], input[type="email"], [autocomplete="current-password"]';
/** Said by questions of consent in the languages of the web. */
const CONSENT =
  /cookie|consent|gdpr|dsgvo|rgpd|ccpa|privacy|privatsph|datenschutz|confidentialit|privacidad|privacidade|riservatezza|gizlilik|プライバシー|クッキー|개인정보|쿠키|隐私|隱私|конфиденциальн|куки|خصوصية|newsletter|subscribe/i;
/** Characters; a dialog with fewer asks something and is not read. */
const LEAST = 80;
/** Most characters and nodes of a dialog that are looked at. */
const LOOKED = 1500;
const NODES = 400;

/** Undefined if the page itself is on top. */
export function topmost(doc: Document): Element | undefined {
  const full = fullscreenElementOf(doc);
  if (
    full != null &&
    full !== documentElementOf(doc) &&
    full !== bodyOf(doc) &&
    !/^(?:VIDEO|IMG|CANVAS|IFRAME)$/.test(nodeName(full))
  )
    return full;
  return selectAll(doc, DIALOGS).findLast(
    (dialog) => isModal(dialog) && isRendered(dialog) && isForReading(dialog),
  );
}

const isModal = (dialog: Element): boolean =>
  getAttribute(dialog, 'aria-modal') === 'true' || inTopLayer(dialog);

function inTopLayer(dialog: Element): boolean {
  try {
    return matches(dialog, ':modal');
  } catch {
    // A DOM that does not know the selector has no top layer.
    return false;
  }
}

function isForReading(dialog: Element): boolean {
  const text = beginningOf(dialog, LOOKED, NODES).replace(/\s+/g, ' ');
  const names = ['aria-label', 'id', 'class'].map((name) => getAttribute(dialog, name) ?? '').join(' ');
  return (
    text.length >= LEAST && !CONSENT.test(`${names} ${text}`) && selectAll(dialog, QUESTIONS).length === 0
  );
}
