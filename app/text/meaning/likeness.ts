/**
 * How near the parts of a text are in meaning to something said or asked, by the vectors of an encoder. Cosines of different
 * encoders cannot be compared: unrelated texts have 0.0 in one and 0.7 in another. So a part's nearness is counted in standard
 * deviations from the mean of all parts. Pure.
 *
 * Not here: where vectors come from (app/worker/meaning), how nearness and words are mixed (fuse.ts).
 */

/** A part of a text, in characters from its start. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

export class Likeness {
  private readonly parts: readonly TextSpan[];
  private readonly nearness: readonly number[];

  /** `parts` ascend and do not overlap; `cosines` has one for each, NaN where it is not known. */
  constructor(parts: readonly TextSpan[], cosines: readonly number[]) {
    this.parts = parts;
    const known = cosines.filter((cosine) => !Number.isNaN(cosine));
    const mean = known.reduce((sum, x) => sum + x, 0) / known.length;
    const spread = Math.sqrt(known.reduce((sum, x) => sum + (x - mean) ** 2, 0) / known.length);
    this.nearness = cosines.map((cosine) =>
      Number.isNaN(cosine) || spread === 0 ? Number.NEGATIVE_INFINITY : (cosine - mean) / spread,
    );
  }

  /** Of the nearest part that has characters of this range; minus infinity where none is known. */
  of({ start, end }: TextSpan): number {
    let nearest = Number.NEGATIVE_INFINITY;
    for (let i = this.firstAfter(start); i < this.parts.length && this.parts[i]!.start < end; i++)
      nearest = Math.max(nearest, this.nearness[i]!);
    return nearest;
  }

  /** Index of the first part that ends after this character. */
  private firstAfter(at: number): number {
    let low = 0;
    let high = this.parts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.parts[middle]!.end <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
