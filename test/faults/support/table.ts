// Tables of faults: one test for each row.
/** The areas of faults, as printed in the summary. */
export type Area =
  | 'Answers of the cloud'
  | 'The wire'
  | 'Shapes'
  | 'Time'
  | 'State'
  | 'Concurrency and lifecycle'
  | 'Messages'
  | 'Attackers';

/** The environment of a row. */
export interface World {
  /** Asserts that the login is kept; see {@link assertKept}. */
  assertKept?(): Promise<void>;
  end(): Promise<void>;
}

/** A fault and the expected behaviour of the package. */
export interface Row<W> {
  fault: string;
  /** If the text begins with "keep", {@link World.assertKept} runs after `run`. */
  expected: string;
  run: (world: W) => Promise<void> | void;
}

const counts = new Map<Area, { rows: number; passed: number }>();

/** Defines one `it` for each row, each in its own world. */
export function faultTable<W extends World>(area: Area, open: () => Promise<W>, rows: readonly Row<W>[]): void {
  const count = counts.get(area) ?? { rows: 0, passed: 0 };
  counts.set(area, count);
  count.rows += rows.length;
  describe(`faults: ${area}`, () => {
    for (const { fault, expected, run } of rows) {
      it(`${fault} → ${expected}`, async () => {
        const world = await open();
        try {
          await run(world);
          if (/^keep\b/.test(expected)) await world.assertKept?.();
        } finally {
          await world.end();
        }
        count.passed += 1;
      });
    }
  });
}

/** Opens an empty environment, for rows that need neither an account nor a cloud. */
export const noWorld = (): Promise<World> => Promise.resolve({ end: () => Promise.resolve() });

after(() => {
  const all = [...counts.values()];
  const rows = all.reduce((sum, count) => sum + count.rows, 0);
  const passed = all.reduce((sum, count) => sum + count.passed, 0);
  console.log(`\n  Faults: ${rows} rows, ${passed} passed`);
  for (const [area, count] of counts) console.log(`    ${area}: ${count.passed} of ${count.rows}`);
});
