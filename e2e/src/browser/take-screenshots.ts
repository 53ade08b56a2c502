import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runPlant, until } from '../plant/run-plant.ts';
import { signInFirst } from './sign-in.ts';
import { startBrowser } from './start-browser.ts';

const EXAMPLE = fileURLToPath(new URL('../../../examples/first-plant', import.meta.url));
const IMAGES = fileURLToPath(new URL('../../../docs/images', import.meta.url));
const MAX_BYTES = 250_000;
/** So much history makes a trend worth looking at. */
const HISTORY_MS = 280_000;

const PAGES = [
  { name: 'console-overview', path: '/', sign: 'text=Most urgent alarms' },
  { name: 'console-device', path: '/devices/default~pump-1/show', sign: '[data-tag="default/pump-1/speed"] path[d^="M"]' },
  {
    name: 'console-trend',
    path: '/trend?pens=default/station/level,default/station/outflow,default/pump-1/motor-temperature&right=default/station/level&range=5m',
    sign: '[data-pen] >> text=°C',
  },
  { name: 'console-alarms', path: '/alarms', sign: '[data-alarm]' },
];

/** Pictures for the documentation, from the example as it runs: `node e2e/src/browser/take-screenshots.ts`. Takes five minutes. */
const folder = mkdtempSync(join(tmpdir(), 'kp-images-'));
const plant = await runPlant({ paths: [EXAMPLE], data: join(folder, 'data') });
const browser = await startBrowser();
try {
  mkdirSync(IMAGES, { recursive: true });
  const page = browser.context.pages()[0] ?? (await browser.context.newPage());
  const generated = readFileSync(join(plant.data, 'initial-admin-password'), 'utf8').trim();
  await signInFirst(page, { url: plant.url, generated, chosen: 'copper lamp river stone' });
  await page.waitForSelector('text=Most urgent alarms');
  const startMs = Date.now();
  await until(
    'some history and two alarms',
    async () => {
      const { total } = await plant.get<{ total: number }>('alarms?limit=0');
      return Date.now() - startMs > HISTORY_MS && total >= 2 ? true : undefined;
    },
    HISTORY_MS + 120_000,
  );
  for (const { name, path, sign } of PAGES) {
    await page.goto(`${plant.url}${path}`);
    await page.waitForSelector(sign);
    await page.waitForLoadState('networkidle').catch(() => undefined);
    const file = join(IMAGES, `${name}.png`);
    await page.screenshot({ path: file, animations: 'disabled' });
    const { size } = statSync(file);
    if (size > MAX_BYTES) throw new Error(`${file} has ${size} bytes, more than ${MAX_BYTES}`);
    process.stdout.write(`${name}.png ${size} bytes\n`);
  }
} finally {
  await browser.close();
  await plant.stop();
  rmSync(folder, { recursive: true, force: true });
}
