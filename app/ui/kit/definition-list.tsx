/** Names and values in two columns. */
import type { ComponentChildren } from 'preact';

export type Definition = readonly [name: string, value: ComponentChildren];

export function DefinitionList({ rows, small = false }: { rows: readonly Definition[]; small?: boolean }) {
  return (
    <dl class={small ? 'table small' : 'table'}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt class="soft">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
