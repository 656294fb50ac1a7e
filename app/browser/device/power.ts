/** What the browser says of the device's power. Chromium alone has the Battery Status API, and in pages only. */
import type { Power } from '../../protocol/page/power.ts';

interface Battery {
  readonly charging: boolean;
  readonly level: number;
}

/** Shorter screens than this, in CSS pixels, are a telephone's. */
const SMALL = 600;

type BatteryNavigator = Navigator & { getBattery?(): Promise<Battery> };

export async function readPower(): Promise<Power> {
  return (await readPowerOfPage()) ?? { phone: isPhone() };
}

/**
 * In a web page. Undefined where the page keeps the battery from scripts: by its policy, or because it came unencrypted, where
 * Chromium does not have the API.
 */
export async function readPowerOfPage(): Promise<Power | undefined> {
  const { getBattery } = navigator as BatteryNavigator;
  if (getBattery === undefined) return isSecureContext ? { phone: isPhone() } : undefined;
  const battery = await getBattery.call(navigator).catch(() => undefined);
  return battery && { phone: isPhone(), charging: battery.charging, level: battery.level };
}

const isPhone = (): boolean =>
  matchMedia('(pointer: coarse)').matches && Math.min(screen.width, screen.height) < SMALL;
