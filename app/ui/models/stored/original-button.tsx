/** A button for what reads the original of a stored model again: from its address, or from files that the person picks. */
import { useRef } from 'preact/hooks';
import type { StoredModel } from '../../../../engine/index.ts';
import { hasAddress } from '../../../protocol/model-traits.ts';
import { fromFileList } from '../../files/file-picker.ts';
import type { ModelsController } from '../models-controller.ts';

interface OriginalButtonProps {
  readonly model: StoredModel;
  readonly controller: ModelsController;
  readonly use: 'improves' | 'measures';
  readonly text: string;
  /** The text with the model's name, for screen readers: several cards have such a button. */
  readonly named: string;
}

const REQUESTS = { improves: 'improve-model', measures: 'measure-loss' } as const;

export function OriginalButton({ model, controller, use, text, named }: OriginalButtonProps) {
  const files = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class="button little"
        aria-label={named}
        onClick={() => {
          if (hasAddress(model)) void controller.request(REQUESTS[use], { id: model.id });
          else files.current?.click();
        }}
      >
        {text}
      </button>
      <input
        ref={files}
        type="file"
        hidden
        multiple
        onChange={({ currentTarget }) => {
          const chosen = fromFileList(currentTarget.files ?? []);
          currentTarget.value = '';
          void controller.useOriginal({ [use]: model.id }, chosen);
        }}
      />
    </>
  );
}
