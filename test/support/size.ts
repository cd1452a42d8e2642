/** `LONG=1`: the long storms, for a machine that has nothing else to do. */
export const isLong = process.env['LONG'] === '1';

/** What a test takes in its normal size, or in its long one. */
export function sized<T>(normal: T, long: T): T {
  return isLong ? long : normal;
}

/** A line under the test's name: what it measured, so that it can be read after the run. */
export function say(line: string): void {
  console.log(`      ${line}`);
}

/** A test of the long run alone. */
export function itInLong(title: string, body: () => Promise<void>): void {
  if (isLong) it(title, body);
}
