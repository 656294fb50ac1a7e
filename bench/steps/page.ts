/** The benchmark's page: runs steps on request of the command. */
import {
  type NativeCalls,
  openSteps,
  type StepsModel,
  type StepsOptions,
  type StepsRound,
} from './decode.ts';

export interface StepsPage {
  /** Returns the dispatches of a token. */
  open(name: string, options: StepsOptions): Promise<number>;
  round(name: string, tokens: number): Promise<StepsRound>;
  count(name: string, tokens: number): Promise<NativeCalls>;
}

declare global {
  var steps: StepsPage;
}

const models = new Map<string, StepsModel>();
const named = (name: string) => models.get(name) as StepsModel;

globalThis.steps = {
  async open(name, options) {
    const model = await openSteps(navigator.gpu, options);
    models.set(name, model);
    return model.dispatches;
  },
  round: (name, tokens) => named(name).round(tokens),
  count: (name, tokens) => named(name).count(tokens),
};
