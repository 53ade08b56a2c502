import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Flags for a machine without a screen, also as root, and without calls to the outside. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What a browser of a test may be. */
export interface BrowserOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** A browser with one context, an empty profile and a language that `Intl` knows. */
export interface RunningBrowser {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/** Where Chromium is: `KUBEPLANT_TEST_CHROMIUM`, else a usual place. */
export function findChromium(env: Readonly<Record<string, string | undefined>>): string {
  const found = [env.KUBEPLANT_TEST_CHROMIUM, ...PLACES].find((path) => path !== undefined && existsSync(path));
  if (found === undefined)
    throw new Error(`no Chromium in ${PLACES.join(', ')}: install the package chromium, or name it in KUBEPLANT_TEST_CHROMIUM`);
  return found;
}

/** Start Chromium without a window. */
export async function startBrowser({ width = 1280, height = 800, colorScheme = 'light' }: BrowserOptions = {}): Promise<RunningBrowser> {
  const profile = mkdtempSync(join(tmpdir(), 'kp-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findChromium(process.env),
    headless: true,
    args: FLAGS,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: { width, height },
    colorScheme,
  });
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
