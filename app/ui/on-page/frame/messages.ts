/** Messages between the content script and the frame that shows the bubble or the translation bar. */
import type { Size } from '../anchor-position.ts';
import type { Patch } from './patch.ts';

/** Which view a frame shows. */
export type SurfaceName = (typeof SURFACES)[number];
const SURFACES = ['bubble', 'bar', 'hover'] as const;

export type ToFrame =
  /** The texts of the interface; the frame has English ones only. */
  | { readonly kind: 'texts'; readonly language: string; readonly texts: object }
  /** The height that the views may take up, in CSS pixels. */
  | { readonly kind: 'room'; readonly height: number }
  /** What changed in the state since the last of these messages; the first has all of it. */
  | { readonly kind: 'state'; readonly patch: Patch }
  /**
   * An action was not carried out: because the page covers or changes the frame, or (`early`) because the frame was there
   * for too short a time to be read.
   */
  | { readonly kind: 'refused'; readonly early: boolean };

export type FromFrame =
  | { readonly kind: 'ready' }
  | { readonly kind: 'size'; readonly size: Size }
  | {
      readonly kind: 'act';
      readonly name: string;
      readonly args: readonly unknown[];
      /** Milliseconds for which the browser has reported the frame as visible; undefined if it does not now. */
      readonly seenFor: number | undefined;
    };

/** The page of the extension that the frame shows. */
export const FRAME_PAGE = 'on-page.html';

/** The part of the frame's address after `#`: only who made the frame knows the nonce. */
export const fragmentOf = (name: SurfaceName, nonce: string): string => `${name}.${nonce}`;

export function readFragment(
  hash: string,
): { readonly name: SurfaceName; readonly nonce: string } | undefined {
  const [given, nonce] = hash.replace(/^#/, '').split('.');
  const name = SURFACES.find((each) => each === given);
  if (name === undefined || nonce === undefined || nonce === '') return undefined;
  return { name, nonce };
}
