/** What a story can choose of the browser it runs in, and the command line that follows from it. */
import { at } from '../../scripts/setup/machine.mjs';

export interface LaunchOptions {
  /** The folder of the unpacked extension. */
  readonly extension: string;
  /** Without WebGPU the extension must say what is wrong; Chromium then has no adapter here. */
  readonly webgpu: boolean;
  /** A coarse pointer and no hover, as on a phone. */
  readonly touch: boolean;
  /** Every tab that a story opens is {@link asPhone}. */
  readonly small: boolean;
  /** Ctrl-C is for the program that launched it, which closes it. */
  readonly outlivesInterrupt?: true;
  /** More command line flags. */
  readonly flags: readonly string[];
  readonly headless: boolean;
}

export const defaults: LaunchOptions = {
  extension: process.env.LINNET_EXTENSION ?? at('.output/chrome-mv3'),
  webgpu: true,
  touch: false,
  small: false,
  flags: [],
  headless: process.env.LINNET_HEADED === undefined,
};

/**
 * Chromium reads only the last `--disable-features`, so this list takes the place of Playwright's. What else Playwright
 * disables stays enabled, as in the browser of a person.
 */
const DISABLED_FEATURES = [
  // The list of the address bar is a page of the browser, opened at its start: one more process, and one more target that is
  // attached as a popup is (PW_CHROMIUM_ATTACH_TO_OTHER).
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  // Shows the page before for a moment, and takes no input meanwhile.
  'PaintHolding',
  // The sites of the stories have no certificate.
  'HttpsUpgrades',
  // Ends the profile, and with it what a story still asks for, as soon as the last tab is closed.
  'DestroyProfileOnBrowserClose',
  // Looks for screens in the local network.
  'MediaRouter',
  // Requests of the browser itself at its start.
  'OptimizationHints',
  'AimEnabled',
  'PreconnectToSearch',
];

/** Flags that load the extension and prevent requests of the browser itself. `npm start` uses them too. */
export function loadingFlags(extension: string): string[] {
  return [
    `--disable-extensions-except=${extension}`,
    `--load-extension=${extension}`,
    '--disable-background-networking',
    '--disable-component-update',
  ];
}

export function browserFlags({ extension, webgpu, touch, flags }: LaunchOptions): string[] {
  const coarse = 'primaryHoverType=1,availableHoverTypes=1,primaryPointerType=2,availablePointerTypes=2';
  return [
    ...loadingFlags(extension),
    '--enable-unsafe-extension-debugging',
    // Otherwise a GPU process that a story crashed on purpose ends WebGPU for good.
    '--disable-gpu-process-crash-limit',
    '--disable-domain-blocking-for-3d-apis',
    // On a busy machine a GPU in software is slow, not hung: the watchdog would end its process.
    '--disable-gpu-watchdog',
    // A click or a picture would otherwise come in the midst of an animation, at another moment on each machine.
    '--force-prefers-reduced-motion',
    `--disable-features=${DISABLED_FEATURES.join(',')}`,
    ...(webgpu ? ['--enable-unsafe-webgpu'] : []),
    ...(touch ? [`--blink-settings=${coarse}`] : []),
    ...flags,
  ];
}
