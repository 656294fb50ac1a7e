/** What the small bubble beside a paragraph shows. It has no buttons: it is gone as soon as the pointer leaves the paragraph. */
import type { ReadonlySignal } from '@preact/signals';
import type { WireError } from '../../../protocol/errors.ts';
import type { ModelShape } from '../frame/mirror.ts';

export interface HoverModel {
  readonly shown: ReadonlySignal<boolean>;
  /** The translation so far. */
  readonly text: ReadonlySignal<string>;
  /** BCP 47; into which it is translated. */
  readonly language: ReadonlySignal<string>;
  readonly failure: ReadonlySignal<WireError | undefined>;
}

export const hoverShape: ModelShape<HoverModel> = {
  fields: { shown: false, text: '', language: 'en', failure: undefined },
  actions: {},
};
