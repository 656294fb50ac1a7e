/** The sizes in which a model that is not quantised can be stored, each with its bytes on the device. */
import type { ModelSize } from '../../../../engine/index.ts';
import { bytes, t, type TextKey } from '../../../i18n/index.ts';

/** The name of each size, and what it is for. */
const TEXTS: Partial<Record<ModelSize['weights'], readonly [name: TextKey, hint: TextKey]>> = {
  'q3-ffn+q5-head': ['size-smallest', 'size-smallest-hint'],
  calibrated: ['size-small', 'size-small-hint'],
  'u6+q8-head': ['size-balanced', 'size-balanced-hint'],
  q8: ['size-closest', 'size-closest-hint'],
};

export function SizeChoice({
  sizes,
  chosen,
  onChoose,
}: {
  sizes: readonly ModelSize[];
  chosen: ModelSize;
  onChoose(size: ModelSize): void;
}) {
  return (
    <fieldset class="plain">
      <legend class="small">{t('size-title')}</legend>
      <div class="sizes">
        {sizes.map((size) => {
          const [name, hint] = TEXTS[size.weights] ?? [];
          if (name === undefined || hint === undefined) return null;
          return (
            <label key={size.weights} class={`choice${size === chosen ? ' on' : ''}`}>
              <input type="radio" name="size" checked={size === chosen} onChange={() => onChoose(size)} />
              <span>
                <strong>{t(name)}</strong>
                <span class="soft small">{t(hint)}</span>
              </span>
              <span class="small cost">{bytes(size.bytes)}</span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
