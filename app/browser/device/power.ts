/** What the browser says of the device's power. Chromium alone has the Battery Status API, and in pages only. */
import type { Power } from '../../protocol/page/power.ts';

interface Battery {
  readonly charging: boolean;
  readonly level: number;
}

/** Shorter screens than this, in CSS pixels, are a telephone's. */
const SMALL = 600;

export async function readPower(): Promise<Power> {
  const { getBattery } = navigator as Navigator & { getBattery?(): Promise<Battery> };
  const phone = matchMedia('(pointer: coarse)').matches && Math.min(screen.width, screen.height) < SMALL;
  // A page's policy or the browser may refuse.
  const battery = await getBattery?.call(navigator).catch(() => undefined);
  return battery === undefined ? { phone } : { phone, charging: battery.charging, level: battery.level };
}
