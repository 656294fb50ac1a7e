/**
 * The sizes in which a model that is not quantised can be stored, each with its bytes on the device, and with its loss where
 * that was measured on this very model.
 */
import type { ModelSize } from '../../../../engine/index.ts';
import { bytes, t, type TextKey } from '../../../i18n/index.ts';
import { lossesBySize } from '../../../protocol/models/model-loss.ts';
import type { KeptLoss } from '../../../protocol/types.ts';
import { lossText } from '../loss-texts.ts';

/** By the order of sizes, the smallest first. */
export const SIZE_NAMES = [
  'size-small',
  'size-balanced',
  'size-closest',
] as const satisfies readonly TextKey[];
const HINTS = [
  'size-small-hint',
  'size-balanced-hint',
  'size-closest-hint',
] as const satisfies readonly TextKey[];

export function SizeChoice({
  sizes,
  loss,
  chosen,
  onChoose,
}: {
  sizes: readonly ModelSize[];
  loss: KeptLoss | undefined;
  chosen: ModelSize;
  onChoose(size: ModelSize): void;
}) {
  const losses = loss && lossesBySize(loss);
  return (
    <fieldset class="plain">
      <legend class="small">{t('size-title')}</legend>
      <div class="sizes">
        {sizes.map((size, i) => {
          const [name, hint] = [SIZE_NAMES[i], HINTS[i]];
          if (name === undefined || hint === undefined) return null;
          return (
            <label key={size.weights} class={`choice${size === chosen ? ' on' : ''}`}>
              <input type="radio" name="size" checked={size === chosen} onChange={() => onChoose(size)} />
              <span>
                <strong>{t(name)}</strong>
                <span class="soft small">{t(hint)}</span>
                {losses !== undefined && (
                  <span class={`small${losses[i] === undefined ? ' soft' : ''}`}>{lossText(losses[i])}</span>
                )}
              </span>
              <span class="small cost">{bytes(size.bytes)}</span>
            </label>
          );
        })}
      </div>
      {losses === undefined && <p class="soft small">{t('size-loss-unknown')}</p>}
    </fieldset>
  );
}
