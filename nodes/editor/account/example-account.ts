/** The account that all examples have: each of them brings it, and Node-RED keeps it once. */
const OF_EXAMPLES = '7f4a11f9307145a2';

interface Account {
  id: string;
  type?: string;
  users?: User[];
}

/** A node with an account, with what Node-RED compares to see whether it was changed. */
interface User {
  account?: string;
  _config?: Record<string, string>;
}

/** What can be taken back, as Node-RED keeps it. */
interface HistoryEvent {
  t: string;
  nodes?: string[];
  events?: HistoryEvent[];
}

/**
 * Has an example that was just imported use the account that there is, in place of its own: a home has one account, and
 * its login. Without any the example's own stays.
 */
export function takeAccountThereIs(added: object): void {
  const { id, type } = added as Account;
  // Node-RED tells of the account first, then adds the nodes that use it, then says what can be taken back.
  if (type === 'cozify-account' && id === OF_EXAMPLES) setTimeout(replace, 0);
}

function replace(): void {
  const own = RED.nodes.node(OF_EXAMPLES) as Account | null | undefined;
  const other = otherAccount();
  const imported = importOf(RED.history.peek() as HistoryEvent | undefined);
  if (own === null || own === undefined || other === undefined || imported === undefined) return;
  for (const user of [...(own.users ?? [])]) {
    user.account = other.id;
    if (user._config !== undefined) user._config['account'] = JSON.stringify(other.id);
    other.users = [...(other.users ?? []), user];
    Object.assign(user, { dirty: true, resize: true });
    RED.editor.validateNode(user);
  }
  own.users = [];
  imported.nodes = imported.nodes?.filter((id) => id !== OF_EXAMPLES) ?? [];
  RED.nodes.remove(OF_EXAMPLES);
  RED.view.redraw(true);
}

/** An import by which the account came; none where the flows have just been loaded. */
function importOf(event: HistoryEvent | undefined): HistoryEvent | undefined {
  if (event === undefined) return undefined;
  if (event.t === 'add' && event.nodes?.includes(OF_EXAMPLES) === true) return event;
  return event.events?.map(importOf).find((found) => found !== undefined);
}

function otherAccount(): Account | undefined {
  let found: Account | undefined;
  RED.nodes.eachConfig((node) => {
    const { id, type } = node as Account;
    if (type === 'cozify-account' && id !== OF_EXAMPLES) found ??= node as Account;
    return true;
  });
  return found;
}
