/** Colours of the computed style, and whether words in one can be told from their ground in another. */

/** Red, green and blue from 0 to 255, opacity from 0 to 1. */
export type Colour = readonly [red: number, green: number, blue: number, alpha: number];

const RGB = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)(?:[\s,/]+([\d.]+)(%)?)?\s*\)$/;
const known = new Map<string, Colour | undefined>();
/** A page has far fewer colours, unless it wants to fill the memory. */
const MOST_KNOWN = 1000;

/** Undefined for what is no colour. Colours of other spaces, such as `oklch()`, are painted and read back. */
export function colourOf(css: string): Colour | undefined {
  if (!known.has(css)) {
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(css, plain(css) ?? painted(css));
  }
  return known.get(css);
}

function plain(css: string): Colour | undefined {
  const parts = RGB.exec(css);
  if (parts === null) return undefined;
  const alpha = parts[4] === undefined ? 1 : Number(parts[4]) / (parts[5] === '%' ? 100 : 1);
  return [Number(parts[1]), Number(parts[2]), Number(parts[3]), alpha];
}

function painted(css: string): Colour | undefined {
  if (typeof OffscreenCanvas === 'undefined' || !/^[a-z]+\(/.test(css)) return undefined;
  const brush = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  if (brush === null) return undefined;
  brush.fillStyle = css;
  brush.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 0] = brush.getImageData(0, 0, 1, 1).data;
  return [red, green, blue, alpha / 255];
}

/** The colour that is seen where `over` lies on an opaque `ground`. */
export function blended(over: Colour, ground: Colour): Colour {
  const mix = (index: 0 | 1 | 2) => over[index] * over[3] + ground[index] * (1 - over[3]);
  return [mix(0), mix(1), mix(2), 1];
}

/** Contrast ratio of WCAG; the smallest grey that is used for text on white, #ddd, has 1.4. */
const LEAST_CONTRAST = 1.15;
/** Largest difference in one of red, green and blue; pure colours of equal lightness differ by far more. */
const LEAST_DIFFERENCE = 24;

/** Whether a person can tell words of this colour from the ground. */
export function standsOut(words: Colour, ground: Colour): boolean {
  const seen = blended(words, ground);
  const [light, dark] = [lightness(seen), lightness(ground)].sort((a, b) => b - a) as [number, number];
  if ((light + 0.05) / (dark + 0.05) >= LEAST_CONTRAST) return true;
  return Math.max(...([0, 1, 2] as const).map((i) => Math.abs(seen[i] - ground[i]))) >= LEAST_DIFFERENCE;
}

/** Relative luminance of WCAG 2.2, from 0 to 1. */
function lightness([red, green, blue]: Colour): number {
  const linear = (value: number) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

const COLOURS = /(?:rgba?|color|oklch|oklab|lab|lch|hsla?|hwb)\([^()]*\)/g;

/** The colours of the gradients in `background-image`; undefined if it has a picture, whose colours are not known. */
export function gradientColours(image: string): readonly Colour[] | undefined {
  if (/url\(|image-set\(|element\(|paint\(|cross-fade\(/.test(image)) return undefined;
  const found = (image.match(COLOURS) ?? []).map(colourOf);
  return found.length === 0 || found.includes(undefined) ? undefined : (found as Colour[]);
}
