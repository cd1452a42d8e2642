// The flows in the editor: whether they run, and the nodes of the package in them.
/** The topic of Node-RED's runtime state. Node-RED sends the current state to each new subscriber. */
const TOPIC = 'notification/runtime-state';

/** Receives from Node-RED whether the flows are running. */
class FlowsState {
  /** Whether Node-RED has reported that the flows are stopped or in safe mode. */
  areStopped = false;

  start(): void {
    RED.comms.subscribe(TOPIC, this.#take);
  }

  stop(): void {
    RED.comms.unsubscribe(TOPIC, this.#take);
  }

  readonly #take = (_topic: string, payload: unknown): void => {
    const { state } = (payload ?? {}) as { state?: string };
    if (state !== undefined) this.areStopped = state !== 'start';
  };
}

/**
 * Whether the flows are running. A module variable is enough for this, because it is only a cache: Node-RED sends the
 * current state to each new subscriber.
 */
export const flowsState = new FlowsState();

/** Returns all nodes of this package in the editor, in all flows. */
export function cozifyNodes<N extends { type?: string }>(): N[] {
  const nodes: N[] = [];
  // Node-RED does not document `eachNode`. Without it, no nodes are returned.
  RED.nodes.eachNode?.((node) => {
    if ((node as N).type?.startsWith('cozify-') === true) nodes.push(node as N);
    return true;
  });
  return nodes;
}

/** Calls a function whenever the editor emits one of these events, until the signal aborts. */
export function onEditorEvents(names: readonly string[], call: (node: object) => void, signal: AbortSignal): void {
  for (const name of names) {
    RED.events.on(name, call);
    signal.addEventListener('abort', () => RED.events.off(name, call));
  }
}
