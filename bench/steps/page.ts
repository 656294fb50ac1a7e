/** The benchmark's page: runs steps on request of the command. */
import { type StepsRunner, stepsRunner } from './decode.ts';

declare global {
  var steps: StepsRunner;
}

globalThis.steps = stepsRunner(navigator.gpu);
