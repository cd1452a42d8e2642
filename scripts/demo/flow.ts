import { STANDARD_ACTIONS, TAB, testFlow, type FlowNode } from '../../test/live/harness/flow';
import { FEEDS, hubActions, PAYLOADS } from './home';

const DEMO_TAB = 'demo-tab';

/** The path of the demo's own login page, which is part of the flow. */
export const LOGIN_PATH = '/demo';

const LOGIN_PAGE = `<!doctype html>
<meta charset="utf-8">
<title>Log in</title>
<form method="post">
  <p>An empty form asks for a code; with the code from the mailbox it logs in.</p>
  <label>Code <input name="otp" autofocus autocomplete="one-time-code"></label>
  <button>Send</button>
</form>`;

const FORM_TO_MESSAGE = `// An empty field is no code: without msg.otp the node asks for one.
if (msg.payload.otp.trim() !== '') msg.otp = msg.payload.otp;
return msg;`;

const RESULT_TO_PAGE = `const { state, error, hubs = [] } = msg.cozify;
msg.payload = error ? error.message : state + ': ' + hubs.map((hub) => hub.name).join(', ');
msg.headers = { 'Content-Type': 'text/plain; charset=utf-8' };
return msg;`;

/**
 * Returns the demo's flow: a tab for users, with buttons and a login page, and a tab for the demo's own steps.
 * `cottage` is the id of the cottage's hub.
 */
export function demoFlow(account: FlowNode, cottage: string): FlowNode[] {
  const actions = hubActions(cottage);
  const steps = testFlow(account, actions, { label: 'The steps of the demo' }, FEEDS);
  const names = [...Object.keys(actions), ...Object.keys(STANDARD_ACTIONS)].filter((name) => !name.startsWith('set-'));
  const rows = names.length;
  return [
    { id: DEMO_TAB, type: 'tab', label: 'Cozify demo', disabled: false, info: '' },
    ...names.flatMap((name, row) => buttonRow(name, steps, 1 + row)),
    ...loginPage(account.id, rows + 2),
    ...subscriberNodes(account.id, rows + 4),
    ...steps,
  ];
}

const at = (column: number, row: number) => ({ z: DEMO_TAB, x: 150 + column * 280, y: 40 + row * 60 });

/** Returns an inject button, a copy of the action node, and a debug node for each of its outputs. */
function buttonRow(name: string, steps: FlowNode[], row: number): FlowNode[] {
  const action = steps.find((node) => node.id === name && node.z === TAB);
  if (action === undefined) throw new Error(`The steps have no node ${name}.`);
  const id = `demo-${name}`;
  const inject = {
    id: `${id}-button`,
    type: 'inject',
    name,
    props: [{ p: 'payload' }],
    ...(PAYLOADS[name] ?? { payload: '', payloadType: 'date' }),
  };
  const outputs = action.wires ?? [];
  return [
    { ...inject, repeat: '', once: false, topic: '', wires: [[id]], ...at(0, row) },
    { ...action, id, wires: outputs.map((_, index) => [`${id}-${index + 1}`]), ...at(1, row) },
    ...outputs.map((_, index) => debugNode(`${id}-${index + 1}`, `output ${index + 1}`, 2 + index, row)),
  ];
}

function debugNode(id: string, name: string, column: number, row: number): FlowNode {
  const shown = {
    active: true,
    tosidebar: true,
    console: false,
    tostatus: false,
    complete: 'true',
    targetType: 'full',
  };
  return { id, type: 'debug', name, ...shown, wires: [], ...at(column, row) };
}

/** Returns a login page: an authenticate node behind an HTML form. */
function loginPage(account: string, row: number): FlowNode[] {
  const step = (id: string, type: string, rest: object, wires: string[][], column: number, line: number) => ({
    ...{ id, type, name: '', ...rest, wires, ...at(column, row + line) },
  });
  const code = (func: string) => ({ func, outputs: 1, libs: [] });
  return [
    step('page', 'http in', { url: LOGIN_PATH, method: 'get' }, [['page-form']], 0, 0),
    step('page-form', 'template', { template: LOGIN_PAGE, field: 'payload', syntax: 'plain' }, [['page-out']], 1, 0),
    step('form', 'http in', { url: LOGIN_PATH, method: 'post' }, [['form-code']], 0, 1),
    step('form-code', 'function', { name: 'form to msg.otp', ...code(FORM_TO_MESSAGE) }, [['form-login']], 1, 1),
    step('form-login', 'cozify-authenticate', { account, ...LOGIN }, [['form-said'], ['form-said']], 2, 1),
    step('form-said', 'function', { name: 'say it', ...code(RESULT_TO_PAGE) }, [['page-out']], 3, 1),
    step('page-out', 'http response', { statusCode: '', headers: {} }, [], 4, 0),
  ];
}

const LOGIN = { trustCloud: true, trustHub: true, remote: false, autoremote: true, autorefresh: true, expiry: '' };

/**
 * Returns debug nodes for changes at home, account events and errors. Errors of the login page are also shown on the
 * page.
 */
function subscriberNodes(account: string, row: number): FlowNode[] {
  const all = { name: '', scope: null, uncaught: false };
  return [
    { id: 'demo-events', type: 'cozify-events', name: '', account, events: [], wires: [['demo-event']], ...at(0, row) },
    debugNode('demo-event', 'events', 1, row),
    ...Object.entries(FEEDS).flatMap(([name, feed], index) => [
      { ...feed, id: `demo-${name}`, name: '', account, wires: [[`demo-${name}-shown`]], ...at(3, row + index) },
      debugNode(`demo-${name}-shown`, name, 4, row + index),
    ]),
    { id: 'demo-catch', type: 'catch', ...all, wires: [['demo-failure', 'has-page']], ...at(0, row + 1) },
    debugNode('demo-failure', 'failures', 1, row + 1),
    {
      ...{ id: 'has-page', type: 'switch', name: 'from the page?', property: 'res', propertyType: 'msg' },
      ...{ rules: [{ t: 'nnull' }], checkall: 'true', repair: false, outputs: 1, wires: [['form-said']] },
      ...at(2, row + 1),
    },
  ];
}
