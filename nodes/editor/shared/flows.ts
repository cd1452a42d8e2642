// The flows in the editor: whether they run, and the nodes of the package in them.
/** The topic of Node-RED's runtime state. Node-RED sends the current state to each new subscriber. */
const TOPIC = 'notification/runtime-state';

/** Receives the state of Node-RED's runtime, to know whether the flows are running. */
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
 * Whether the flows are running. It is a module variable, because it is only a cache: Node-RED sends the state again to
 * each subscriber.
 */
export const flowsState = new FlowsState();

/** Returns the package's nodes in the editor. */
export function cozifyNodes<N extends { type?: string }>(): N[] {
  const nodes: N[] = [];
  // Node-RED does not document `eachNode`. Without it, no nodes are returned.
  RED.nodes.eachNode?.((node) => {
    if ((node as N).type?.startsWith('cozify-') === true) nodes.push(node as N);
    return true;
  });
  return nodes;
}

/** Calls a function at events of the editor, until the signal aborts. */
export function onEditorEvents(names: readonly string[], call: (node: object) => void, signal: AbortSignal): void {
  for (const name of names) {
    RED.events.on(name, call);
    signal.addEventListener('abort', () => RED.events.off(name, call));
  }
}
