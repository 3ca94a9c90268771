import { isMap, isScalar, LineCounter, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { SiskinError } from '../../domain/errors/siskin-error.ts';

export interface ComposeEdit {
  /** The whole file after it. */
  text: string;
  changed: boolean;
  /** The service publishes ports on the host, which Siskin's router does for it. */
  publishesPorts: boolean;
}

/**
 * Puts the `x-siskin` block into a service and leaves everything else as it stands, comments and blanks included. A
 * service that has the block already is not touched.
 * @throws SiskinError COMPOSE_NOT_EDITABLE where there is no such service, or the file is not YAML
 */
export function addSiskinBlock(text: string, service: string, port: number, health: string): ComposeEdit {
  const document = parseDocument(text, { lineCounter: new LineCounter() });
  const mistake = document.errors[0];
  if (mistake) throw notEditable(`is not YAML: ${mistake.message.split('\n')[0] ?? ''}`);
  const services = document.get('services');
  const found = isMap(services) ? services.get(service) : undefined;
  if (!isMap(found)) throw notEditable(`has no service ${service}; it has: ${namesIn(services)}`);
  const publishesPorts = found.has('ports');
  if (found.has('x-siskin')) return { text, changed: false, publishesPorts };
  const block = { port, health: { path: health } };
  const inserted = insertedText(text, found, port, health);
  if (inserted !== null && isWhatWasMeant(text, inserted, service, block)) {
    return { text: inserted, changed: true, publishesPorts };
  }
  // A map in braces has no lines of its own: there the library writes the file anew.
  document.setIn(['services', service, 'x-siskin'], document.createNode(block));
  return { text: document.toString({ lineWidth: 0 }), changed: true, publishesPorts };
}

/** The block behind the last line of the service, indented as its keys are. @returns null for a map in braces */
function insertedText(text: string, service: YAMLMap, port: number, health: string): string | null {
  const first = keyStart(service.items[0]);
  const end = service.range?.[1];
  if (first === undefined || end === undefined || service.flow) return null;
  const indent = text.slice(text.lastIndexOf('\n', first - 1) + 1, first);
  if (indent.trim() !== '') return null;
  const newline = text.indexOf('\n', end - 1);
  const place = newline === -1 ? text.length : newline + 1;
  const before = newline === -1 ? `${text}\n` : text.slice(0, place);
  const path = JSON.stringify(health);
  return `${before}${indent}x-siskin:\n${indent}  port: ${port}\n${indent}  health: { path: ${path} }\n${text.slice(place)}`;
}

const keyStart = (pair: Pair | undefined): number | undefined =>
  isScalar(pair?.key) ? pair.key.range?.[0] : undefined;

/** Nothing but the block may have changed. */
function isWhatWasMeant(before: string, after: string, service: string, block: object): boolean {
  const meant = parseDocument(before);
  meant.setIn(['services', service, 'x-siskin'], block);
  const became = parseDocument(after);
  return became.errors.length === 0 && JSON.stringify(became.toJS()) === JSON.stringify(meant.toJS());
}

const namesIn = (services: unknown): string =>
  isMap(services) && services.items.length > 0
    ? services.items.map(({ key }) => (isScalar(key) ? String(key.value) : '?')).join(', ')
    : 'none';

const notEditable = (why: string): SiskinError =>
  new SiskinError('COMPOSE_NOT_EDITABLE', `The Compose file ${why}.`);
