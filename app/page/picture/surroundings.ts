/** What a looker (look.ts) hands on from an element to what is inside of it. */
import type { Colour } from './colour.ts';

export interface Edges {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A box that clips its overflow, with those around it. */
export interface Clip {
  readonly box: Edges;
  /** The person can scroll it; its content begins at `start`. */
  readonly scrolls: boolean;
  readonly start: { readonly left: number; readonly top: number };
  /** Whether it clips what is positioned absolutely inside of it. */
  readonly holds: boolean;
  readonly parent: Clip | undefined;
}

/** What the inside of an element inherits; opaque to others. */
export interface Surroundings {
  /** Product of the opacities. */
  readonly opacity: number;
  /** Opaque colours behind the words; undefined where a picture is, or what is not known. */
  readonly grounds: readonly Colour[] | undefined;
  /** Words are filled with the background of an element around them. */
  readonly textGround: boolean;
  readonly clip: Clip | undefined;
  /** Placed beside the flow, within the clip. */
  readonly moved: boolean;
  readonly fixed: boolean;
  /** Has no layout yet: the inside of a closed `details`. */
  readonly closed: boolean;
  readonly style: CSSStyleDeclaration | undefined;
}

/** Around the root element of a document whose canvas has a colour that is not known. */
export const OUTSIDE: Surroundings = {
  opacity: 1,
  grounds: undefined,
  textGround: false,
  clip: undefined,
  moved: false,
  fixed: false,
  closed: false,
  style: undefined,
};

/** `unsure`: of the colour of the ground that is known, and seen if something else is painted between. */
export type Seen = 'plain' | 'no' | 'unsure';

export interface Looker {
  /** Undefined if nothing inside is seen. */
  enter(element: Element, around: Surroundings): Surroundings | undefined;
  /** Whether words are seen, or a formula or picture as a whole; `around` is what is around the words. */
  shows(node: Text | Element, around: Surroundings): Seen;
  /** The surroundings of the document's root element. */
  readonly outside: Surroundings;
}
