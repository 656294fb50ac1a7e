/** All faults of a campaign, in their order. The number of a step is its place here. */
import { clockSteps } from './kinds/clock.ts';
import { damageSteps } from './kinds/damage.ts';
import { deviceSteps } from './kinds/device.ts';
import { diskSteps } from './kinds/disk.ts';
import { killSteps } from './kinds/kills.ts';
import { largeSteps } from './kinds/large.ts';
import { endAtEveryAcknowledgement } from './node/sudden-end.ts';
import { inNode, type Step } from './step.ts';
import { updateSteps } from './kinds/update.ts';
import { windowSteps } from './kinds/windows.ts';

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
