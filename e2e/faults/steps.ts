/** All faults of a campaign, in their order. The number of a step is its place here. */
import { killSteps } from './kills.ts';
import type { Step } from './step.ts';

export const allSteps = (kills: number): Step[] => [...killSteps(kills)];
