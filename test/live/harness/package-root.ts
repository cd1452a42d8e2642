export { packageRoot } from '../../nodes/support/package-root';
