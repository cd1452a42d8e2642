/** The description of the account in each example. A copy imported under another id has the same description. */
const INFO = 'This account came with an example.';

interface Account {
  id: string;
  type?: string;
  info?: string;
  name?: string;
  users?: User[];
}

/** A node that uses an account; Node-RED compares `_config` to see whether the node was changed. */
interface User {
  account?: string;
  _config?: Record<string, string>;
}

/** An event of Node-RED's undo history. */
interface HistoryEvent {
  t: string;
  nodes?: string[];
  events?: HistoryEvent[];
}

/**
 * Replaces the account of an example that was just imported by the account that is there already, because a home has one
 * account and its login. The example's account stays if there is no other.
 */
export function takeAccountThereIs(added: object): void {
  const { id, type, info, name } = added as Account;
  // Node-RED adds the account first, then the nodes that use the account, then the event of the undo history.
  if (type === 'cozify-account' && info === INFO && !name) setTimeout(() => replace(id), 0);
}

function replace(id: string): void {
  const own = RED.nodes.node(id) as Account | null | undefined;
  const other = otherAccount(id);
  const imported = importOf(id, RED.history.peek() as HistoryEvent | undefined);
  if (own === null || own === undefined || other === undefined || imported === undefined) return;
  for (const user of [...(own.users ?? [])]) {
    user.account = other.id;
    if (user._config !== undefined) user._config['account'] = JSON.stringify(other.id);
    other.users = [...(other.users ?? []), user];
    Object.assign(user, { dirty: true, resize: true });
    RED.editor.validateNode(user);
  }
  own.users = [];
  imported.nodes = imported.nodes?.filter((node) => node !== id) ?? [];
  RED.nodes.remove(id);
  RED.view.redraw(true);
}

/** The import that added an account; undefined if the flows have just been loaded. */
function importOf(id: string, event: HistoryEvent | undefined): HistoryEvent | undefined {
  if (event === undefined) return undefined;
  if (event.t === 'add' && event.nodes?.includes(id) === true) return event;
  return event.events?.map((one) => importOf(id, one)).find((found) => found !== undefined);
}

function otherAccount(id: string): Account | undefined {
  let found: Account | undefined;
  RED.nodes.eachConfig((node) => {
    const account = node as Account;
    if (account.type === 'cozify-account' && account.id !== id) found ??= account;
    return true;
  });
  return found;
}
