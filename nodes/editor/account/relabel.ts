/** Makes Node-RED redraw the label of an account and of the nodes that use it. */
export function relabel(id: string): void {
  const account = RED.nodes.node(id) as { users?: object[] } | null | undefined;
  if (account === null || account === undefined) return;
  for (const user of account.users ?? []) Object.assign(user, { dirty: true, resize: true });
  RED.view.redraw();
  RED.sidebar.config.refresh();
}
