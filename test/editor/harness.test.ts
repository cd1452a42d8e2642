import assert from 'node:assert/strict';
import { at, type FlowNode, TAB } from '../live/harness/flow';
import { findViolations } from '../support/axe';
import { describeInEach, type Editor, until } from './support';
import { isNodeRedsOwn } from './support/node-reds-own';

/** Runs `code`, which throws, in a timer of the page. */
async function throwLater(editor: Editor, code: string): Promise<void> {
  await editor.page.evaluate(`setTimeout(() => { ${code} })`);
}

/** Returns an inject and a debug node that send a message every 50 ms. */
function talkative(): FlowNode[] {
  const inject = { id: 'clock', type: 'inject', z: TAB, props: [{ p: 'payload' }], repeat: '0.05', once: true };
  const debug = { id: 'talk', type: 'debug', z: TAB, name: '', active: true, tosidebar: true, complete: 'payload' };
  return [
    { ...inject, payload: 'hello', payloadType: 'str', ...at(0, 30), wires: [['talk']] },
    { ...debug, ...at(1, 30), wires: [] },
  ];
}

describe('isNodeRedsOwn', () => {
  it('recognises errors of Node-RED itself by the stack', () => {
    const red = '    at Object.emit (http://127.0.0.1:34127/red/red.min.js?v=4.1.15:16:1)';
    const inline = '    at Object.handleDebugMessage (<anonymous>:470:31)';
    const ours = '    at Object.oneditprepare (cozify-ping.js:12:5)';
    assert.equal(isNodeRedsOwn(['TypeError: x', inline, red].join('\n')), true);
    assert.equal(isNodeRedsOwn(['TypeError: x', red, ours, red].join('\n')), false);
    for (const none of [undefined, '', 'TypeError: cozify-ping.js:1']) assert.equal(isNodeRedsOwn(none), false);
  });
});

describeInEach('The editor of the tests', {}, (desk) => {
  it('records an error of a dialog, reports low contrast, and gets messages after the flows', async () => {
    await desk.deployAccount({}, talkative);
    const editor = await desk.editor();
    await editor.openSidebar('d');
    await editor.page.locator('.red-ui-debug-msg').first().waitFor();
    assert.deepEqual([...editor.problems, ...editor.nodeRedsProblems], []);
    await throwLater(editor, `RED.nodes.eachNode(() => { throw new Error('nobody'); })`);
    await throwLater(editor, `RED.nodes.getType('cozify-ping').label.call(null)`);
    await until('the error of the dialog', () => editor.problems.length > 0);
    assert.match(editor.problems.join('\n'), /^page error: TypeError[^]*cozify-ping\.js:\d/);
    assert.equal(editor.problems.length, 1);
    editor.problems.length = 0;

    await editor.openNode('ping');
    const grey = '<p style="color: #ddd; background: #fff">Nobody can read this.</p>';
    await editor.page.evaluate(`$('#dialog-form').append(${JSON.stringify(grey)})`);
    const found = await findViolations(editor.page, '#dialog-form');
    assert.equal(found.filter((it) => /^color-contrast .*Nobody can read this/.test(it)).length, 1);
  });
});
