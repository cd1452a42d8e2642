/** Exports of the practice home (a simulated Cozify cloud with hubs), which the tests use as their simulator. */
export * from '../../packages/cozify-practice/src/index';
