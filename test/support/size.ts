// The normal and the long size of tests.
/** Whether the tests run in their long size (`LONG=1`), for a machine without other work. */
export const isLong = process.env['LONG'] === '1';

/** Returns the normal or the long size of a test. */
export function sized<T>(normal: T, long: T): T {
  return isLong ? long : normal;
}

/** Prints a measured value. The line is above the test's title, because mocha prints the title after the test. */
export function say(line: string): void {
  console.log(`      ${line}`);
}

/** Defines a test that runs only in the long size (`LONG=1`). */
export function itInLong(title: string, body: () => Promise<void>): void {
  if (isLong) it(title, body);
}
