/**
 * The benchmark's page: runs steps on request of the command. The marks of a watched round are in the browser's trace, with the
 * processor time of the thread (places.ts).
 */
import { type StepsRunner, stepsRunner } from './decode.ts';

declare global {
  var steps: StepsRunner;
}

globalThis.steps = stepsRunner(navigator.gpu, {
  begin: () => performance.mark('step begins'),
  end: () => performance.mark('step ends'),
});
