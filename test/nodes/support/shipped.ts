import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { packageRoot } from './package-root';

export const LANGUAGES = ['en-US', 'fi'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The folder of the built nodes, as they are published. */
export const nodesFolder = join(__dirname, '..', '..', '..', 'nodes');

export interface PackageJson {
  name: string;
  files: string[];
  dependencies: Record<string, string>;
  'node-red': { nodes: Record<string, string> };
}

export const packageJson = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as PackageJson;

/** The node types in package.json. */
export const types = Object.keys(packageJson['node-red'].nodes);

export const readNodeFile = (...path: string[]): string => readFileSync(join(nodesFolder, ...path), 'utf8');
export const hasNodeFile = (...path: string[]): boolean => existsSync(join(nodesFolder, ...path));
export const nodeFiles = (): string[] => readdirSync(nodesFolder);

type Check = (value: unknown, options: object) => unknown;

/** The definition that an html file registers in the editor. */
export interface EditorDefinition {
  category: string;
  icon: string;
  inputs?: number;
  outputs?: number;
  defaults: Record<string, { value: unknown; type?: string; required?: boolean; validate?: Check }>;
  credentials?: Record<string, { type: string; validate?: Check }>;
}

const SCRIPT = /<script type="text\/javascript">([\s\S]*?)<\/script>/g;

/** The scripts of an html file, without the templates. */
export function scriptsOf(type: string): string {
  return [...readNodeFile(`${type}.html`).matchAll(SCRIPT)].map(([, script]) => script).join('\n');
}

/** The templates of an html file, without the scripts. */
export function templatesOf(type: string): string {
  return readNodeFile(`${type}.html`).replaceAll(SCRIPT, '');
}

/**
 * Runs the scripts of an html file with a `RED` that has only `registerType`. Returns the registered definitions by
 * node type.
 */
export function registeredBy(type: string): Map<string, EditorDefinition> {
  const registered = new Map<string, EditorDefinition>();
  const registerType = (name: string, definition: EditorDefinition): void => void registered.set(name, definition);
  runInNewContext(scriptsOf(type), { RED: { nodes: { registerType } } });
  return registered;
}

export function definitionOf(type: string): EditorDefinition {
  const definition = registeredBy(type).get(type);
  if (definition === undefined) throw new Error(`${type}.html does not register ${type}.`);
  return definition;
}

/** The node types that use an account. */
export const typesWithAccount = types.filter((type) => type !== 'cozify-account');

/** Returns the default properties of a new node, by name, except its name and its account. */
export function defaultsOf(type: string): Record<string, unknown> {
  const all = Object.entries(definitionOf(type).defaults).map(([name, { value }]) => [name, value] as const);
  const own = all.filter(([name]) => name !== 'name' && name !== 'account');
  // Copies the values, because they are objects of another realm, which `deepEqual` would consider different.
  return JSON.parse(JSON.stringify(Object.fromEntries(own))) as Record<string, unknown>;
}

/** Returns a catalogue as a flat map from keys such as `label.name` to their texts. */
export function catalogue(type: string, language: Language): Map<string, string> {
  const texts = new Map<string, string>();
  const walk = (branch: object, path: string): void => {
    for (const [name, value] of Object.entries(branch)) {
      if (typeof value === 'string') texts.set(path + name, value);
      else walk(value as object, `${path}${name}.`);
    }
  };
  walk(JSON.parse(readNodeFile('locales', language, `${type}.json`)) as object, '');
  return texts;
}
