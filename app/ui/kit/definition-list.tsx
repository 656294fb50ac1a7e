/** Names and values in two columns. */
import type { ComponentChildren } from 'preact';

export type Fact = readonly [name: string, value: ComponentChildren];

export function Facts({ rows, small = false }: { rows: readonly Fact[]; small?: boolean }) {
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
