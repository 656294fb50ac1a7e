/**
 * A model in one process, shown by views in another: what its signals hold travels to the views as plain data, and calls
 * of its methods travel back. One {@link ModelShape} names both, and the compiler asks for every member of the model.
 */
import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals';

type FieldOf<M> = { [K in keyof M]: M[K] extends ReadonlySignal<unknown> ? K : never }[keyof M] & string;
type ActionOf<M> = Exclude<keyof M, FieldOf<M>> & string;
type ValueOf<S> = S extends ReadonlySignal<infer V> ? V : never;

/** `guarded` actions need a view that the person really sees; `harmless` ones only end or move something. */
export type ActionKind = 'guarded' | 'harmless';

export interface ModelShape<M> {
  /** The value of each signal until the first state arrives. */
  readonly fields: { readonly [K in FieldOf<M>]: ValueOf<M[K]> };
  readonly actions: { readonly [K in ActionOf<M>]: ActionKind };
}

export type State = Readonly<Record<string, unknown>>;

/** Reads all signals of a model; within an `effect` it depends on them. */
export function stateOf<M>(model: M, shape: ModelShape<M>): State {
  const fields = Object.keys(shape.fields) as FieldOf<M>[];
  return Object.fromEntries(fields.map((field) => [field, (model[field] as ReadonlySignal<unknown>).value]));
}

/** Calls an action by its name. Names that are not in the shape are ignored. */
export function callAction<M>(model: M, shape: ModelShape<M>, name: string, args: readonly unknown[]): void {
  if (kindOf(shape, name) === undefined) return;
  (model as Record<string, (...given: unknown[]) => unknown>)[name]!(...args);
}

/** Undefined for a name that is no action. */
export const kindOf = <M>(shape: ModelShape<M>, name: string): ActionKind | undefined =>
  Object.hasOwn(shape.actions, name) ? (shape.actions as Record<string, ActionKind>)[name] : undefined;

/** A model for the views: `update` sets its signals, its methods are calls of `act`. */
export function createMirror<M>(
  shape: ModelShape<M>,
  act: (name: string, args: readonly unknown[]) => void,
): { readonly model: M; update(state: State): void } {
  const signals = new Map<string, Signal<unknown>>(
    Object.entries(shape.fields).map(([field, initial]) => [field, signal<unknown>(initial)]),
  );
  const actions = Object.keys(shape.actions).map((name) => [name, (...args: unknown[]) => act(name, args)]);
  return {
    model: Object.fromEntries([...signals, ...actions]) as M,
    update: (state) =>
      batch(() => {
        for (const [field, at] of signals) at.value = state[field];
      }),
  };
}
