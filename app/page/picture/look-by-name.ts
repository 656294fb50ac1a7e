/**
 * What of a page is seen where there is no layout, as in a document that was only parsed: its attributes decide.
 * `aria-hidden` counts here, since the style sheet that usually hides such parts is not known.
 */
import { getAttribute, hasAttribute, nodeName, parentElement } from '../dom/pristine.ts';
import { type Looker, OUTSIDE, type Seen, type Surroundings } from './surroundings.ts';

const HIDDEN =
  /(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|content-visibility\s*:\s*hidden|opacity\s*:\s*0*(?:\.0+)?\s*(?:;|!|$)|font-size\s*:\s*0*(?:\.0+)?(?:px|em|rem|%)?\s*(?:;|!|$)|clip\s*:\s*rect\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?\s*\)|clip-path\s*:\s*inset\(\s*(?:[5-9]\d|100)%|(?:left|top|text-indent)\s*:\s*-\d{4,})/i;

export class NameLooker implements Looker {
  readonly outside = OUTSIDE;

  enter(element: Element, around: Surroundings): Surroundings | undefined {
    const kept = getAttribute(element, 'hidden') === 'until-found';
    const hidden =
      (hasAttribute(element, 'hidden') && !kept) ||
      (getAttribute(element, 'aria-hidden') === 'true' && !isSeenAnyway(element)) ||
      HIDDEN.test(getAttribute(element, 'style') ?? '');
    return hidden ? undefined : around;
  }

  shows(): Seen {
    return 'plain';
  }
}

/** The root of a page behind a dialog, and pictures whose words are beside them. */
const isSeenAnyway = (element: Element): boolean =>
  nodeName(element) === 'IMG' || isBody(parentElement(element));

const isBody = (element: Element | null): boolean => element !== null && nodeName(element) === 'BODY';
