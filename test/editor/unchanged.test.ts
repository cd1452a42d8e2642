import assert from 'node:assert/strict';
import type { ConsoleMessage } from 'playwright-core';
import { accountNode, type FlowNode } from '../live/harness/flow';
import { sized } from '../support/size';
import { Desk } from './support';
import { targetOf } from './support/home-flows';
import { ACCOUNT, deployLamp } from './support/lamp-flow';
import { randomNodes } from './support/random-nodes';

/** Number of nodes of every type that uses an account: one without settings, and the others with random settings. */
const NODES = sized(2, 300);
/** Number of nodes of each type in an editor at the same time. An editor with more nodes is slow. */
const AT_A_TIME = 25;
/** Number of editors that run in parallel. Running several saves time, because dialogs mostly wait for animations. */
const EDITORS = sized(1, 3);
const PLACE = { z: 'tab', account: ACCOUNT };

/** The saved form (JSON) of a node before and after its dialog was opened and closed, and whether Deploy is active. */
interface DialogResult {
  before: string;
  after: string;
  isDirty: boolean;
}

describe('A dialog that is opened and closed by Done', () => {
  const desk = Desk.forSuite();

  it(`leaves ${NODES} nodes of each type, one without settings, unchanged to the byte`, async function () {
    this.timeout(4 * 3_600_000);
    const hub = await deployLamp(desk);
    const rooms = hub.home.all('rooms').map(({ id }) => String(id));
    const targets = ['Eteisen valo', 'Ilmalämpöpumppu', 'Eteisen seinäkytkin'].map((name) => targetOf(hub, name));
    const flow = [
      { id: 'tab', type: 'tab', label: 'Random' },
      accountNode({ id: ACCOUNT, email: 'aino@example.fi', cloudUrl: desk.simulator.cloudUrl }),
    ];
    for (let done = 0; done < NODES; done += AT_A_TIME) {
      const nodes = randomNodes({ hub: hub.id, targets, rooms }, Math.min(AT_A_TIME, NODES - done), PLACE);
      await desk.nodeRed.deploy([...flow, ...nodes]);
      const parts = Array.from({ length: EDITORS }, (_, part) =>
        nodes.filter((_node, index) => index % EDITORS === part),
      );
      await Promise.all(parts.map(checkNodes));
      await desk.tidy();
    }
  });

  async function checkNodes(nodes: readonly FlowNode[]): Promise<void> {
    const editor = await desk.usedEditor();
    const { page } = editor;
    const failures: string[] = [];
    page.on('console', (message: ConsoleMessage) => {
      // Node-RED logs this message if the code of a dialog throws.
      if (/^onedit/.test(message.text())) failures.push(message.text());
    });
    for (const [index, node] of nodes.entries()) {
      // Waits for the hub's answer in every other dialog, and closes the dialogs in between before the answer.
      const result = await page.evaluate<DialogResult>(
        `(${OPEN_AND_CLOSE})(${JSON.stringify(node.id)}, ${index % 2 === 0})`,
      );
      assert.deepEqual(failures, [], JSON.stringify(node));
      assert.equal(result.after, result.before, JSON.stringify(node));
      assert.equal(result.isDirty, false, `Deploy is lit by ${JSON.stringify(node)}`);
    }
  }
});

/** Opens the dialog of a node and presses Done. If `isPatient`, waits for all responses first. Runs in the page. */
const OPEN_AND_CLOSE = `async function (id, isPatient) {
  const until = async (isSo) => { while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20)); };
  const node = RED.nodes.node(id);
  const saved = () => JSON.stringify(RED.nodes.createExportableNodeSet([node])[0]);
  const before = saved();
  RED.editor.edit(node);
  await until(() => $('#dialog-form .cozify-dialog:visible').length > 0 && $('#node-dialog-ok:visible').length > 0);
  if (isPatient) await until(() => $.active === 0);
  $('#node-dialog-ok').trigger('click');
  await until(() => $('.red-ui-tray').length === 0);
  return { before, after: saved(), isDirty: RED.nodes.dirty() };
}`;
