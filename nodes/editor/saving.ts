/** Gives a node what its dialog says where no single input does. Gives whether that is something else than before. */
export function keep<T extends object>(node: T, next: Partial<T>): boolean {
  const before = { ...node } as Record<string, unknown>;
  const isOther = Object.entries(next).some(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]));
  Object.assign(node, next);
  return isOther;
}
