// A real Node-RED process.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type { OutgoingHttpHeaders } from 'node:http';
import { dirname, join } from 'node:path';
import type { FlowNode } from './flow';
import { keepTrackOf, removeFolder } from './leftovers';
import { installedUserDir, plainEnv } from './packed';
import { request, type Reply } from './request';
import { writeSettings, type SettingsOptions } from './settings';
import { freePort } from '../../support/ports';
import { TIMEOUT_MS, until } from '../../support/wait';

export type DeployType = 'full' | 'flows' | 'nodes' | 'reload';

export interface NodeRedOptions {
  /** The user directory. Defaults to a new one with the packed package installed. */
  userDir?: string;
  settings?: SettingsOptions;
  env?: Record<string, string>;
  /** Path of `red.js`. Defaults to the `red.js` of the Node-RED in devDependencies. */
  redJs?: string;
  /** Path of the Node.js binary. Defaults to the binary that runs this process. */
  nodePath?: string;
}

/** A real Node-RED in its own process, listening on 127.0.0.1 only. */
export class NodeRed {
  readonly userDir: string;
  readonly url: string;
  /** Headers to add to each admin request, such as a bearer token. */
  adminHeaders: OutgoingHttpHeaders = {};
  readonly #options: NodeRedOptions;
  readonly #port: number;
  #child: ChildProcess | undefined;
  #log = '';

  private constructor(userDir: string, port: number, options: NodeRedOptions) {
    this.userDir = userDir;
    this.#port = port;
    this.#options = options;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Starts a Node-RED and waits until its flows run. */
  static async start(options: NodeRedOptions = {}): Promise<NodeRed> {
    const nodeRed = new NodeRed(options.userDir ?? (await installedUserDir()), await freePort(), options);
    await nodeRed.launch();
    return nodeRed;
  }

  /** All output since the first start, including restarts. */
  get log(): string {
    return this.#log;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts the process, always with the same user directory and port. Stopped flows stay stopped after a restart. */
  async launch(): Promise<void> {
    const settings = writeSettings(this.userDir, this.#port, this.#options.settings);
    const redJs = this.#options.redJs ?? require.resolve('node-red/red.js');
    const child = spawn(
      this.#options.nodePath ?? process.execPath,
      [redJs, '--userDir', this.userDir, '--settings', settings],
      { cwd: this.userDir, env: { ...plainEnv(), ...this.#options.env }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    keepTrackOf(child);
    this.#child = child;
    const before = this.#log.length;
    // Decodes each stream as a whole, because a chunk may end in the middle of a character.
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => (this.#log += chunk));
    }
    await until('Node-RED to start', () => this.#hasStarted(child, before));
  }

  #hasStarted(child: ChildProcess, from: number): boolean {
    const printed = this.#log.slice(from);
    if (child.exitCode !== null) throw new Error(`Node-RED ended instead of starting:\n${printed}`);
    if (printed.includes('Waiting for missing types')) throw new Error(`Node types are missing:\n${printed}`);
    return (
      printed.includes('Server now running at') && /(Started|Stopped) flows|Flows stopped in safe mode/.test(printed)
    );
  }

  /** Stops Node-RED with SIGTERM, as a service manager does. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Stops Node-RED with SIGKILL, as in a power cut. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'close');
    child.kill(signal);
    const killTimer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
    await ended;
    clearTimeout(killTimer);
  }

  /** Stops Node-RED with SIGTERM or SIGKILL and starts again. */
  async restart(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.#end(signal);
    await this.launch();
  }

  /** Stops Node-RED, and removes its user directory unless the test has provided the directory. */
  async dispose(): Promise<void> {
    await this.#end('SIGTERM');
    if (this.#options.userDir === undefined) removeFolder(dirname(this.userDir));
  }

  /** Deploys as the editor does, and waits until the flows run. `reload` restarts the unchanged flows. */
  async deploy(flows: FlowNode[], type: DeployType = 'full'): Promise<void> {
    const before = this.#log.length;
    await this.postFlows(flows, type);
    await until('the deployed flows to start', () => this.#hasDeployed(before));
  }

  /** Deploys without waiting for flows to start. */
  async postFlows(flows: FlowNode[], type: DeployType = 'full'): Promise<void> {
    const reply = await this.admin('POST', '/flows', type === 'reload' ? {} : { flows }, {
      'Node-RED-API-Version': 'v2',
      'Node-RED-Deployment-Type': type,
    });
    if (reply.status !== 200) throw new Error(`Deploy failed with ${reply.status}: ${reply.text}`);
  }

  /** Stops or starts the flows. Needs the setting `runtimeState`. */
  async setFlowsState(state: 'start' | 'stop'): Promise<void> {
    const reply = await this.admin('POST', '/flows/state', { state });
    if (reply.status !== 200) throw new Error(`${state} failed with ${reply.status}: ${reply.text}`);
  }

  /** Waits until Node-RED has saved that its flows are stopped, because it answers a stop before that. */
  async untilStopIsSaved(): Promise<void> {
    const file = join(this.userDir, '.config.runtime.json');
    const isStop = /"runtimeFlowState":\s*"stop"/;
    await until('the stop to be saved', () => existsSync(file) && isStop.test(readFileSync(file, 'utf8')));
  }

  #hasDeployed(from: number): boolean {
    const printed = this.#log.slice(from);
    if (printed.includes('Waiting for missing types')) throw new Error(`Node types are missing:\n${printed}`);
    return /Started (flows|modified)/.test(printed);
  }

  /** Returns the deployed flows as the admin API reports them. */
  async flows(): Promise<FlowNode[]> {
    return (await this.admin('GET', '/flows')).body as FlowNode[];
  }

  /** Presses the button of an inject node. Waits until the node exists, because a Deploy may still be running. */
  async inject(id: string, body: object = {}): Promise<void> {
    const reply = await until(`the inject node ${id}`, async () => {
      const answer = await this.admin('POST', `/inject/${id}`, body);
      return answer.status !== 404 && answer;
    });
    if (reply.status !== 200) throw new Error(`The button of ${id} failed with ${reply.status}: ${reply.text}`);
  }

  /** Sends a request to the admin API, under its root, with the header that the editor sends. */
  admin(method: string, path: string, body?: unknown, headers: OutgoingHttpHeaders = {}): Promise<Reply> {
    const root = this.#options.settings?.httpAdminRoot ?? '';
    return request(method, `${this.url}${root}${path}`, body, {
      'X-Requested-With': 'XMLHttpRequest',
      ...this.adminHeaders,
      ...headers,
    });
  }

  /** Returns the path of a file in the state folder. */
  stateFile(name: string): string {
    return join(this.userDir, 'cozify', name);
  }
}
