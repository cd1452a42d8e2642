import assert from 'node:assert/strict';
import { until } from '../support/wait';
import { Desk } from './support';
import { bedroomLamp } from './support/lamp-flow';
import { Picker } from './support/picker';

const EMAIL = 'owner@example.fi';

describe('The first login as the README tells it', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open();
  });
  after(async () => {
    await desk.tidy();
    await desk.close();
  });

  it('goes from an empty editor to a lamp that is lit: nothing is deployed before the lamp is chosen', async () => {
    const { simulator, nodeRed } = desk;
    const [hub] = simulator.hubs;
    assert.ok(hub);
    const lamp = bedroomLamp(hub);
    hub.home.change(lamp.id, { isOn: false });

    const editor = await desk.editor();
    const inject = await editor.drag('inject', 120, 200);
    const command = await editor.drag('cozify-command', 340, 200);
    await editor.wire(inject, 0, command);
    await editor.openNode(command);
    const dialog = await editor.addAccount();
    await dialog.advanced.click();
    await dialog.type(dialog.cloudUrl, simulator.cloudUrl);
    await dialog.email.click();
    await dialog.typeAndEnter(EMAIL);
    await dialog.untilFocused(dialog.code);
    await dialog.untilState('otp-sent');
    await dialog.typeAndEnter(simulator.latestCode(EMAIL));
    await dialog.untilState('authenticated');
    await until('the hubs by name', async () => (await dialog.hubNames()).length === 2);
    await dialog.untilFocused(dialog.ok);
    await dialog.keep();

    await new Picker(editor.page).choose('bed', lamp.id);
    await editor.closeNode('ok');
    await editor.deploy();
    assert.deepEqual(editor.refusals, []);
    const isTrue = { __user_inject_props__: [{ p: 'payload', v: 'true', vt: 'bool' }] };
    await nodeRed.inject(inject, isTrue);
    await until('the lamp to be lit', () => lamp.isOn() === true);
    assert.equal(simulator.mails.length, 1);
  });
});
