import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { translateName } from '../../src/devices/things/names';
import { becomes } from '../support/becomes';
import { packageRoot } from '../live/harness/packed';
import { launchBrowser } from '../editor/support/chromium';
import { Simulator, type SimulatedHub } from '../simulator';
import { findViolations } from '../support/axe';
import { until } from '../support/wait';

const PHONE = { width: 390, height: 844 };
const EMAIL = 'matti@example.fi';

describe('The page of the practice home, on a phone', () => {
  let browser: Browser;
  let simulator: Simulator;
  let hub: SimulatedHub;
  let page: Page;

  // All tests share one page, because each load takes longer than most tests.
  before(async () => {
    browser = await launchBrowser();
    simulator = await Simulator.start();
    const [first] = simulator.hubs;
    assert.ok(first);
    hub = first;
    page = await browser.newPage({ viewport: PHONE, locale: 'fi-FI' });
    page.setDefaultTimeout(120_000);
    await page.goto(simulator.pageUrl);
  });
  after(async () => {
    await browser?.close();
    await simulator?.stop();
  });

  const card = (name: string): Locator => page.locator(`article[data-device="${name}"]`);
  const stateOf = (name: string) => hub.home.device(name).state;
  const toggle = (name: string, label: string) => card(name).getByRole('switch', { name: label }).click();

  const trouble = (label: string) => page.getByRole('switch', { name: label });
  const choose = (language: string) => page.getByLabel(/^(Kieli|Language)$/).selectOption(language);

  /** Opens the list of troubles, which is closed on a phone and after each change of the language. */
  async function openTroubles(): Promise<void> {
    const summary = page.locator('.troubles details:not([open]) summary');
    if ((await summary.count()) > 0) await summary.click();
  }

  /** Moves a slider with the keyboard. */
  async function slide(name: string, label: string, key: string): Promise<void> {
    const slider = card(name).getByRole('slider', { name: label });
    await slider.focus();
    await slider.press(key);
  }

  it('switches, dims and colours a lamp, and shows a change by a flow', async () => {
    const lamp = 'Olohuoneen lamppu';
    const { id } = hub.home.device(lamp);
    hub.home.change(lamp, { isOn: false });
    await toggle(lamp, 'Päällä');
    await until('the lamp to be on', () => stateOf(lamp)['isOn'] === true);
    await card(lamp).locator('[data-glow="lit"]').waitFor();
    await slide(lamp, 'Kirkkaus', 'End');
    await until('the lamp to be bright', () => stateOf(lamp)['brightness'] === 1);
    await card(lamp).getByLabel('Väri').fill('#ff0000');
    await until('the lamp to be red', () => stateOf(lamp)['colorMode'] === 'hs' && stateOf(lamp)['hue'] === 0);
    hub.home.execute('devices', [{ id, type: 'CMD_DEVICE_OFF' }]);
    await card(lamp).locator('[data-glow="none"]').waitFor();
    await becomes(() => card(lamp).getByRole('switch', { name: 'Päällä' }).isChecked(), false);
  });

  it('opens doors, detects motion and presence, and presses remote controls', async () => {
    hub.home.setReachable('Matin puhelin', false);
    await toggle('Ulko-ovi', 'Auki');
    await until('the door to be open', () => stateOf('Ulko-ovi')['open'] === true);
    await toggle('Eteisen liiketunnistin', 'Liikettä');
    await until('motion', () => stateOf('Eteisen liiketunnistin')['motion'] === true);
    const isAtHome = card('Matin puhelin').getByRole('switch', { name: 'Kotona' });
    await becomes(() => isAtHome.isChecked(), false);
    await isAtHome.click();
    await until('Matti to be at home', () => stateOf('Matin puhelin').reachable);
    const remote = card('Eteisen seinäkytkin');
    await remote.getByRole('button', { name: 'Paina: Vasen alas, pitkä' }).click();
    await until('a long press', () => String(stateOf('Eteisen seinäkytkin')['modifiers']) === 'longpress');
    assert.equal(stateOf('Eteisen seinäkytkin')['button'], 2);
    await remote.getByRole('button', { name: 'Paina: Oikea ylös, lyhyt' }).click();
    await until('a short press', () => stateOf('Eteisen seinäkytkin')['button'] === 3);
    assert.deepEqual(stateOf('Eteisen seinäkytkin')['modifiers'], []);
  });

  it('has sliders for measurements, target temperatures and blinds', async () => {
    await slide('Saunan lämpömittari', 'Lämpötila', 'End');
    await until('a hot sauna', () => stateOf('Saunan lämpömittari')['temperature'] === 100);
    await slide('Kylpyhuoneen lattialämmitys', 'Tavoite', 'Home');
    await until('a low target', () => stateOf('Kylpyhuoneen lattialämmitys')['targetTemp'] === 5);
    await slide('Rullaverho', 'Auki', 'End');
    await until('an open blind', () => stateOf('Rullaverho')['position'] === 1);
    await slide('Kaiutin', 'Äänenvoimakkuus', 'Home');
    await until('silence', () => (stateOf('Kaiutin')['rcData'] as { volume: number }).volume === 0);
  });

  it('writes temperatures with a decimal comma in Finnish, and with a point in English', async () => {
    hub.home.change('Saunan lämpömittari', { temperature: 20.7 });
    const temperature = () => card('Saunan lämpömittari').locator('output').first().textContent();
    await becomes(temperature, '20,7 °C');
    const slider = card('Saunan lämpömittari').getByRole('slider', { name: 'Lämpötila' });
    assert.equal(await slider.getAttribute('aria-valuetext'), '20,7 °C');
    await choose('en');
    await becomes(temperature, '20.7 °C');
  });

  it('names the built-in rooms and scenes as the editor does', async () => {
    for (const language of ['en', 'fi'] as const) {
      await choose(language);
      for (const key of ['$HOME', '$AWAY', '$LIVINGROOM']) {
        await page
          .getByText(translateName(key, language) ?? '', { exact: true })
          .first()
          .waitFor({ state: 'attached' });
      }
    }
  });

  it('sets modes of heat pumps and ventilation, and shows a mode set by a flow', async () => {
    const setMode = (name: string, label: string, word: string) =>
      card(name).getByLabel(label, { exact: true }).selectOption({ label: word });
    for (const [name, label, word, field, value] of [
      ['Ilmalämpöpumppu', 'Käyttötila', 'jäähdytys', 'mode', 3],
      ['Ilmalämpöpumppu', 'Esiasetus', 'takka', 'preset', 2],
      ['Ilmalämpöpumppu', 'Puhallin', 'älykäs', 'fanMode', 6],
      ['Ilmanvaihto', 'Käyttötila', 'tehostus', 'mode', 4],
    ] as const) {
      await setMode(name, label, word);
      await until(`${name}: ${word}`, () => stateOf(name)[field] === value);
    }
    const { id } = hub.home.device('Ilmanvaihto');
    hub.home.execute('devices', [{ id, type: 'CMD_DEVICE', state: { type: 'STATE_VU', mode: 1 } }]);
    const mode = card('Ilmanvaihto').getByLabel('Käyttötila', { exact: true });
    await until('the page to show it', async () => (await mode.inputValue()) === '1');
    await setMode('Kaiutin', 'Toisto', 'soi');
    await until('music', () => (stateOf('Kaiutin')['avtData'] as { state: string }).state === 'PLAYING');
  });

  it('shows controls and no empty value for each device', async () => {
    await card('Ulko-ovi').waitFor();
    const controls = 'input, select, output, button';
    for (const { name } of hub.home.devices) {
      assert.ok((await card(name).locator(controls).count()) > 0, name);
      assert.doesNotMatch(await card(name).innerText(), /undefined|NaN|null/, name);
    }
    await card('Vesimittari').getByText('Vesi yhteensä').waitFor();
    await card('Sähkömittari')
      .getByText(/\d kWh/)
      .first()
      .waitFor();
    await card('Ulkolämpötila')
      .getByText(/^\d{3,4} hPa$/)
      .waitFor();
  });

  it('switches scenes, also by keyboard', async () => {
    const scene = page.getByRole('button', { name: 'Saunailta' });
    await scene.click();
    await until('the scene to be on', () => hub.home.find('scenes', 'Saunailta').isOn);
    await page.locator('button[aria-pressed="true"]', { hasText: 'Saunailta' }).waitFor();
    await scene.click();
    await page.locator('button[aria-pressed="false"]', { hasText: 'Saunailta' }).waitFor();
    // A scene that is switched by keyboard keeps the focus.
    const focused = () => page.evaluate('document.activeElement.textContent');
    await scene.focus();
    await scene.press('Enter');
    await becomes(() => scene.getAttribute('aria-pressed'), 'true');
    assert.equal(await focused(), 'Saunailta');
    hub.home.rename('scenes', 'Elokuva', 'Elokuvailta');
    await page.getByRole('button', { name: 'Elokuvailta' }).waitFor();
    assert.equal(await focused(), 'Saunailta');
  });

  it('shows the e-mailed code and whether it was used', async () => {
    await page.getByText('Ei vielä viestejä.').waitFor();
    await fetch(`${simulator.cloudUrl}/user/requestlogin?email=${EMAIL}`, { method: 'POST' });
    await page.locator('.mail[data-state="fresh"]').getByText(simulator.latestCode(EMAIL)).waitFor();
    const body = JSON.stringify({ email: EMAIL, password: simulator.latestCode(EMAIL) });
    const headers = { 'Content-Type': 'application/json' };
    await fetch(`${simulator.cloudUrl}/user/emaillogin`, { method: 'POST', headers, body });
    await page.locator('.mail[data-state="used"]').waitFor();
    await becomes(() => page.getByLabel('Pilvi').inputValue(), simulator.cloudUrl);
  });

  it('has the troubles before the rooms, in one line until they are opened, and makes everything slow', async () => {
    const troubles = page.locator('.troubles');
    const lineOf = (text: string) => troubles.locator('summary', { hasText: text });
    await lineOf('Häiriöt').waitFor();
    const box = await troubles.boundingBox();
    const rooms = await page.locator('main').boundingBox();
    assert.ok(box !== null && rooms !== null && box.y + box.height <= rooms.y, JSON.stringify([box, rooms]));
    assert.ok(rooms.y < PHONE.height);
    const slow = trouble('Kaikki on hidasta');
    await slow.waitFor({ state: 'hidden' });
    await lineOf('Häiriöt').press('Enter');
    await slow.check();
    await until('everything to be slow', () => simulator.latencyMs > 1000);
    await lineOf('Häiriöt').press('Enter');
    await lineOf('Häiriöt (1 päällä)').waitFor();
    await lineOf('Häiriöt').press('Enter');
    await slow.uncheck();
    await until('everything to be quick', () => simulator.latencyMs === 0);
    assert.equal(
      await page.evaluate('document.querySelector("aside").compareDocumentPosition(document.querySelector("main"))'),
      4,
    );
  });

  it('starts a trouble and ends it', async () => {
    const token = simulator.issueToken(EMAIL);
    const statusOf = (url: string) =>
      fetch(url, { headers: { Authorization: token } }).then(
        ({ status }) => status,
        () => 0,
      );
    const hubKeys = () => statusOf(`${simulator.cloudUrl}/user/hubkeys`);
    const isOnLan = async () => (await statusOf(`http://${hub.host}/hub`)) !== 0;
    const [lan, off, login] = ['Hubi ei vastaa lähiverkossa', 'Hubi on sammutettu', 'Kirjautuminen hylätään'];
    await openTroubles();
    for (const [label, isOn, isReached] of [
      [lan, true, async () => !(await isOnLan()) && hub.connected],
      [off, true, async () => !hub.connected && (await page.getByText('Hubi on sammutettu: flow').isVisible())],
      [off, false, async () => hub.connected && !(await isOnLan())],
      [lan, false, isOnLan],
      ['Pilveen ei saada yhteyttä', true, async () => (await hubKeys()) === 0],
      ['Pilveen ei saada yhteyttä', false, async () => (await hubKeys()) === 200],
      [login, true, async () => (await hubKeys()) === 401],
      [login, false, async () => (await hubKeys()) === 200],
      [login, true, () => simulator.troubles.isLoginRejected],
    ] as const) {
      await trouble(label).setChecked(isOn);
      await until(`${label}: ${isOn}`, isReached);
    }
    simulator.issueToken(EMAIL);
    await until('a new login to end it', async () => !(await trouble(login).isChecked()));
  });

  it('follows the devices that the app adds, renames, moves and deletes', async () => {
    hub.home.addLike('Ulko-ovi', 'Takaovi');
    await card('Takaovi').waitFor();
    hub.home.moveTo('Takaovi', 'Sauna');
    await page.locator('section', { hasText: 'Saunan kiuas' }).locator('article[data-device="Takaovi"]').waitFor();
    hub.home.rename('devices', 'Takaovi', 'Saunan ovi');
    await card('Saunan ovi').waitFor();
    hub.home.remove('devices', 'Saunan ovi');
    await until('it to be gone', async () => (await card('Saunan ovi').count()) === 0);
  });

  it('explains where to enter the address in the account dialog', async () => {
    for (const [language, locale] of [
      ['en', 'en-US'],
      ['fi', 'fi'],
    ] as const) {
      await choose(language);
      const file = join(packageRoot, 'nodes', 'locales', locale, 'cozify-account.json');
      const { label } = JSON.parse(readFileSync(file, 'utf8')) as { label: { cloudUrl: string; advanced: string } };
      for (const name of [label.cloudUrl, label.advanced]) {
        await page.locator('aside .hint', { hasText: new RegExp(`[“”]${name}”`) }).waitFor();
      }
    }
  });

  it('shows the whole address, on a large screen too', async () => {
    for (const width of [PHONE.width, 1400]) {
      await page.setViewportSize({ width, height: 844 });
      const address = page.getByLabel('Pilvi');
      await becomes(() => address.inputValue(), simulator.cloudUrl);
      const hiddenPx = await page.evaluate<number>(
        '(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector(".address"))',
      );
      // Allows one pixel, because both widths are rounded.
      assert.ok(hiddenPx <= 1, `${hiddenPx} px are hidden where the page is ${width} px wide`);
    }
  });

  it('has no accessibility violation in light or dark, and no overflow in any language or width', async () => {
    for (const [language, width, schemes] of [
      ['en', PHONE.width, []],
      ['en', 1400, []],
      ['fi', 1400, ['light']],
      ['fi', PHONE.width, ['light', 'dark']],
    ] as const) {
      await choose(language);
      await page.setViewportSize({ width, height: PHONE.height });
      await becomes(() => page.evaluate('document.documentElement.lang'), language);
      await openTroubles();
      await becomes(() => page.evaluate('document.documentElement.scrollWidth'), width);
      for (const colorScheme of schemes) {
        await page.emulateMedia({ colorScheme });
        assert.deepEqual(await findViolations(page, 'html'), []);
      }
    }
  });

  it('changes to the other home and to the other language', async () => {
    await page.getByRole('button', { name: 'Mökki 100 %' }).click();
    await card('Tuvan lamppu').waitFor();
    await becomes(() => card('Ulko-ovi').count(), 0);
    await choose('en');
    await page.getByRole('heading', { name: 'Practice home' }).waitFor();
    await card('Tuvan lamppu').getByRole('switch', { name: 'On' }).waitFor();
    assert.equal(await page.evaluate('document.documentElement.lang'), 'en');
  });

  it('says that the home is unreachable', async () => {
    const message = page.getByText('The page has lost the practice home.');
    await simulator.stop();
    await message.waitFor();
    // Scrolls to the bottom of the page, because the message must be visible there too.
    await page.evaluate('scrollTo(0, document.body.scrollHeight)');
    const box = await message.boundingBox();
    assert.ok(box !== null && box.y >= 0 && box.y < PHONE.height, JSON.stringify(box));
  });
});
