import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../live/harness/packed';
import { definitionOf, types } from '../nodes/support/shipped';
import type { FlowNode } from '../live/harness/flow';
import { HOME_ASSISTANT, HOMEKIT, LAMP, NAMES, neededNodes, read, RECIPES } from './support/files';

/** The type of the referenced node, by the property that refers to it. */
const REFERENCES: Record<string, string> = {
  account: 'cozify-account',
  group: 'ui-group',
  page: 'ui-page',
  ui: 'ui-base',
  theme: 'ui-theme',
  broker: 'mqtt-broker',
  bridge: 'homekit-bridge',
};
const CONFIG_TYPES = [...Object.values(REFERENCES), 'tab'];
/** Node types without an input. */
const SOURCES = [
  ...['inject', 'catch', 'status', 'http in', 'mqtt in', 'link in', 'comment'],
  ...types.filter((type) => definitionOf(type).inputs === 0),
];
/** Node types without outputs. */
const SINKS = ['debug', 'http response', 'mqtt out', 'link out', 'ui-text', 'ui-chart', 'comment'];
/**
 * Number of outputs that must be wired, for node types whose other outputs may stay unwired. HomeKit's second output
 * repeats the first.
 */
const WIRED: Record<string, number> = { 'homekit-service': 1 };

const isOnCanvas = ({ type }: FlowNode): boolean => !CONFIG_TYPES.includes(type);

describe('the files of the examples', () => {
  it('have a cookbook page for each recipe, and a recipe for each page', () => {
    const folder = join(packageRoot, 'docs', 'cookbook');
    const pages = readdirSync(folder).filter((name) => name !== 'README.md');
    const named = pages.map((name) => {
      const page = readFileSync(join(folder, name), 'utf8').replace(/\s+/g, ' ');
      const [, example = name] =
        /_Import → Examples → ([^_]+)_, or \[the file\]\(<\.\.\/\.\.\/examples\/\1\.json>\)/.exec(page) ?? [];
      return example;
    });
    assert.deepEqual(named.sort(), [...RECIPES, LAMP, HOME_ASSISTANT, HOMEKIT, 'Wall switch, short and long'].sort());
  });

  it('have no id twice, because Node-RED asks about duplicates at an import', () => {
    const ids = NAMES.flatMap(read).map(({ id }) => id);
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    );
  });

  for (const name of NAMES) {
    describe(name, () => {
      const flow = read(name);
      const byId = new Map(flow.map((node) => [node.id, node]));
      const canvas = flow.filter(isOnCanvas);

      it('is one tab with a comment about the settings to change', () => {
        const tabs = flow.filter(({ type }) => type === 'tab');
        assert.equal(tabs.length, 1);
        assert.match(String(tabs[0]?.['label']), /^Cozify: /);
        for (const node of canvas) assert.equal(node.z, tabs[0]?.id, node.id);
        const comments = flow.filter(({ type }) => type === 'comment');
        assert.equal(comments.length, 1);
        assert.match(
          String(comments[0]?.['info']),
          /\*\*What to change:\*\* .*account.*Deploy.*\*\*Suomeksi:\*\* .*tili/s,
        );
        assert.deepEqual(
          canvas.filter((node) => !node['name']).map(({ id }) => id),
          [],
          'each node says what it does',
        );
      });

      it('contains no credentials, address or token, and a default account', () => {
        const text = JSON.stringify(flow);
        assert.doesNotMatch(text, /"credentials"|eyJ/);
        const addresses: string[] = text.match(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g) ?? [];
        assert.deepEqual(
          addresses.filter((address) => !address.endsWith('@example.com')),
          [],
        );
        const accounts = flow.filter(({ type }) => type === 'cozify-account').map((node) => ({ ...node, id: '' }));
        const cloudUrl = 'https://api.cozify.fi/ui/0.2';
        const defaults = { cloudUrl, autorefresh: true, expiry: '1', expiryUnit: 'days', store: '' };
        const info = 'This account came with an example.';
        assert.deepEqual(accounts, [{ id: '', type: 'cozify-account', info, name: '', ...defaults }]);
      });

      it('uses nodes of another package only if its name says so', () => {
        const used = ['ui-', 'homekit-'].filter((prefix) => flow.some(({ type }) => type.startsWith(prefix)));
        assert.deepEqual(used, [neededNodes(name) ?? []].flat());
      });

      it('has a wire from each output and to each node', () => {
        const reached = new Set<string>();
        for (const node of canvas) {
          const wires = node.wires ?? [];
          assert.equal(wires.length === 0, SINKS.includes(node.type), `the outputs of ${String(node['name'])}`);
          for (const output of wires.slice(0, WIRED[node.type])) {
            assert.notEqual(output.length, 0, `each output of ${String(node['name'])} is wired`);
            for (const id of output) reached.add(id);
          }
        }
        for (const id of reached) {
          const target = byId.get(id);
          assert.ok(target && isOnCanvas(target) && !SOURCES.includes(target.type), `a wire leads to ${id}`);
        }
        assert.deepEqual(
          canvas.filter(({ id, type }) => !reached.has(id) && !SOURCES.includes(type)).map((node) => node['name']),
          [],
          'each node is reached',
        );
      });

      it('requests a code only after an action by a person', () => {
        const isAutomatic = ({ type, ...node }: FlowNode): boolean =>
          type === 'cozify-events' ||
          (type === 'inject' && (node['once'] === true || Boolean(node['repeat']) || Boolean(node['crontab'])));
        // Whether a node shows a page to a person. The flow then stops at the node until the person acts.
        const isForPeople = ({ type }: FlowNode): boolean => type.startsWith('ui-');
        const reached = new Set(canvas.filter(isAutomatic));
        for (const node of reached) {
          if (isForPeople(node)) continue;
          const next = [...(node.wires ?? []).flat(), ...((node['links'] ?? []) as string[])];
          for (const id of next) reached.add(byId.get(id) as FlowNode);
        }
        const types = [...reached].map(({ type }) => type);
        assert.ok(!types.includes('cozify-authenticate'), types.join(', '));
      });

      it('refers only to its own nodes', () => {
        for (const node of flow) {
          for (const [property, type] of Object.entries(REFERENCES)) {
            // The property `broker` of an mqtt-broker node is an address, not a node.
            if (property in node && node.type !== type)
              assert.equal(byId.get(String(node[property]))?.type, type, `${node.id}.${property}`);
          }
          for (const id of (node['scope'] ?? []) as string[]) assert.ok(byId.has(id), `a Catch node watches ${id}`);
          for (const id of (node['links'] ?? []) as string[]) {
            const other = byId.get(id);
            assert.ok((other?.['links'] as string[] | undefined)?.includes(node.id), `${node.id} and ${id} are linked`);
          }
        }
      });
    });
  }
});
