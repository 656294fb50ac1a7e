/** The sizes in which a model that is not quantised can be stored, each with its bytes on the device. */
import type { ModelSize } from '../../../../engine/index.ts';
import { bytes, t, type TextKey } from '../../../i18n/index.ts';

/** By the order of sizes, the smallest first. */
const NAMES = ['size-small', 'size-balanced', 'size-closest'] as const satisfies readonly TextKey[];
const HINTS = [
  'size-small-hint',
  'size-balanced-hint',
  'size-closest-hint',
] as const satisfies readonly TextKey[];

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
        {sizes.map((size, i) => {
          const [name, hint] = [NAMES[i], HINTS[i]];
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
