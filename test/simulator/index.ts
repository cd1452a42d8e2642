/** Exports of the practice home, which the tests use as their simulator. */
export * from '../../packages/cozify-practice/src/index';
