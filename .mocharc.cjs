// How mocha runs, for one file as for all of them (scripts/test.mjs).
const isLong = process.env.LONG === '1';

module.exports = {
  // A test may wait long: a machine with other work to do is slow.
  timeout: isLong ? 3_600_000 : 600_000,
  require: ['after-hooks', 'end', 'same-cases'].map((name) => `./dist/test/support/${name}.js`),
};
