/**
 * The sizes in which a model that is not quantised can be stored, each with its bytes on the device, and with its loss where
 * that was measured on this very model.
 */
import type { ModelSize } from '../../../../engine/index.ts';
import { bytes, t, type TextKey } from '../../../i18n/index.ts';
import { losesMuch, lossOfSize, sizeOf, type SizeName } from '../../../protocol/models/model-loss.ts';
import type { KeptLoss } from '../../../protocol/types.ts';
import { Icon } from '../../kit/icons.tsx';
import { lossText } from '../loss-texts.ts';

/** The name of each size, and what it is for. */
export const SIZE_TEXTS: Record<SizeName, readonly [name: TextKey, hint: TextKey]> = {
  'iq4+q3-ffn': ['size-smallest', 'size-smallest-hint'],
  calibrated: ['size-small', 'size-small-hint'],
  'u6+q8-head': ['size-balanced', 'size-balanced-hint'],
  q8: ['size-closest', 'size-closest-hint'],
};

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
  return (
    <fieldset class="plain">
      <legend class="small">{t('size-title')}</legend>
      <div class="sizes">
        {sizes.map((size) => {
          const known = sizeOf(size.weights);
          if (known === undefined) return null;
          const [name, hint] = SIZE_TEXTS[known];
          const measured = loss && lossOfSize(loss, size.weights);
          return (
            <label key={size.weights} class={`choice${size === chosen ? ' on' : ''}`}>
              <input type="radio" name="size" checked={size === chosen} onChange={() => onChoose(size)} />
              <span>
                <strong>{t(name)}</strong>
                <Hint text={t(hint)} caution={losesMuch(known)} />
                {loss !== undefined && (
                  <span class={`small${measured === undefined ? ' soft' : ''}`}>{lossText(measured)}</span>
                )}
              </span>
              <span class="small cost">{bytes(size.bytes)}</span>
            </label>
          );
        })}
      </div>
      {loss === undefined && <p class="soft small">{t('size-loss-unknown')}</p>}
    </fieldset>
  );
}

function Hint({ text, caution }: { text: string; caution: boolean }) {
  if (!caution) return <span class="soft small">{text}</span>;
  return (
    <span class="small caution">
      <Icon name="warning" />
      <span>{text}</span>
    </span>
  );
}
