/** Chooses one of a few values: radio buttons, shown as a row of segments. */

interface SegmentsProps<T> {
  /** Name of the group of radio buttons; unique on its page. */
  readonly name: string;
  /** Label of the group, for screen readers only. */
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
