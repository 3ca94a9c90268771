export { freePort } from '../../src/adapters/process/free-port.ts';
