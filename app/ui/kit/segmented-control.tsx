/** One of a few, all of them in sight: radio buttons as a row of segments. */

interface SegmentsProps<T> {
  /** Of the radio buttons; one of a kind on its page. */
  readonly name: string;
  /** For screen readers. */
  readonly label: string;
  readonly values: readonly T[];
  readonly chosen: T;
  text(value: T): string;
  onChoose(value: T): void;
}

export function SegmentedControl<T>({ name, label, values, chosen, text, onChoose }: SegmentsProps<T>) {
  return (
    <fieldset class="segments">
      <legend class="hidden-visually">{label}</legend>
      {values.map((value) => (
        <label key={String(value)} class={value === chosen ? 'on' : ''}>
          <input
            type="radio"
            name={name}
            class="hidden-visually"
            checked={value === chosen}
            onChange={() => onChoose(value)}
          />
          {text(value)}
        </label>
      ))}
    </fieldset>
  );
}
