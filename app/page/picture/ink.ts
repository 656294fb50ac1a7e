/** Whether words leave a trace on their ground: the fill of the glyphs, their shadow, the background that shines through. */
import { type Colour, blended, colourOf, gradientColours, standsOut } from './colour.ts';
import type { Surroundings } from './surroundings.ts';

/** `unsure`: of the colour of the ground. */
export type Ink = 'plain' | 'none' | 'unsure';

const COLOUR = /(?:rgba?|color|oklch|oklab|lab|lch|hsla?|hwb)\([^()]*\)/;

export function hasInk(style: CSSStyleDeclaration, around: Surroundings, least: number): Ink {
  const { grounds, opacity, textGround } = around;
  // The glyphs are replaced by dots.
  if (!['', 'none', undefined].includes(style.getPropertyValue('-webkit-text-security'))) return 'none';
  if (textGround) return 'plain';
  const fill = colourOf(style.webkitTextFillColor) ?? colourOf(style.color);
  const inks = [fill, strokeOf(style), shadowOf(style)].filter((ink) => ink !== undefined);
  if (fill === undefined) return 'plain';
  const seen = inks
    .map(([red, green, blue, alpha]): Colour => [red, green, blue, alpha * opacity])
    .filter(([, , , alpha]) => alpha >= least);
  if (seen.length === 0) return 'none';
  if (grounds === undefined) return 'plain';
  // A gradient shows the words where one of its colours differs from theirs.
  return seen.some((ink) => grounds.some((ground) => standsOut(ink, ground))) ? 'plain' : 'unsure';
}

function strokeOf(style: CSSStyleDeclaration): Colour | undefined {
  return Number.parseFloat(style.webkitTextStrokeWidth) > 0
    ? colourOf(style.webkitTextStrokeColor)
    : undefined;
}

function shadowOf({ textShadow }: CSSStyleDeclaration): Colour | undefined {
  const [colour] = COLOUR.exec(textShadow) ?? [];
  return colour === undefined ? undefined : colourOf(colour);
}

/** The grounds of what is inside of an element with this style. */
export function groundsOn(
  style: CSSStyleDeclaration,
  { grounds, textGround }: Surroundings,
): Pick<Surroundings, 'grounds' | 'textGround'> {
  const { backgroundImage: image, backgroundColor } = style;
  if (image === 'none' && backgroundColor === 'rgba(0, 0, 0, 0)') return { grounds, textGround };
  const own = colourOf(backgroundColor);
  const below =
    own === undefined || own[3] === 0
      ? grounds
      : own[3] === 1
        ? [own]
        : grounds?.map((ground) => blended(own, ground));
  const above = image === 'none' ? below : mixed(gradientColours(image), below);
  if (!style.backgroundClip.includes('text')) return { grounds: above, textGround: false };
  // Only the glyphs are filled with it.
  const visible =
    above === undefined ||
    grounds === undefined ||
    above.some((colour) => grounds.some((ground) => standsOut(colour, ground)));
  return { grounds, textGround: visible };
}

function mixed(
  colours: readonly Colour[] | undefined,
  grounds: readonly Colour[] | undefined,
): readonly Colour[] | undefined {
  if (colours === undefined) return undefined;
  if (grounds === undefined) return colours.every((colour) => colour[3] === 1) ? colours : undefined;
  // The few colours of a gradient on the few of another.
  return colours
    .slice(0, 8)
    .flatMap((colour) => grounds.slice(0, 4).map((ground) => blended(colour, ground)));
}
