/** All faults of a campaign, in their order. The number of a step is its place here. */
import { clockSteps } from './clock.ts';
import { damageSteps } from './damage.ts';
import { deviceSteps } from './device.ts';
import { diskSteps } from './disk.ts';
import { killSteps } from './kills.ts';
import { largeSteps } from './large.ts';
import { endAtEveryAcknowledgement } from './node/sudden-end.ts';
import { inNode, type Step } from './step.ts';
import { updateSteps } from './update.ts';
import { windowSteps } from './windows.ts';

export const allSteps = (kills: number): Step[] => [
  ...diskSteps(),
  ...damageSteps(),
  ...deviceSteps(),
  ...windowSteps(),
  ...updateSteps(),
  ...clockSteps(),
  ...largeSteps(),
  inNode(
    'kills',
    'worker ended at an acknowledgement',
    'at every one of a day, in Node',
    endAtEveryAcknowledgement,
  ),
  ...killSteps(kills),
];
