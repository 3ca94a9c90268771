import { z } from 'zod';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { ObservedServer, ServerCounters } from '../../domain/observation.ts';

/** A server of a backend, what it does now and what it did since it was added. */
export interface ServerStat extends ObservedServer {
  backend: string;
  counters: ServerCounters;
}

const count = z
  .string()
  .regex(/^\d{0,19}$/)
  .transform(Number);

const rowSchema = z.object({
  pxname: z.string().min(1),
  svname: z.string().min(1),
  status: z.string(),
  addr: z.string().min(1),
  uweight: count,
  scur: count,
  econ: count,
  eresp: count,
  wredis: count,
  hrsp_1xx: count,
  hrsp_2xx: count,
  hrsp_3xx: count,
  hrsp_4xx: count,
  hrsp_5xx: count,
  hrsp_other: count,
});
type Row = z.infer<typeof rowSchema>;

/**
 * Reads the CSV of `show stat <backend> 4 -1` (HAProxy Management Guide 9.1).
 * @throws SiskinError ROUTER_UNAVAILABLE when it is not that
 */
export function parseShowStat(answer: string): ServerStat[] {
  const [header = '', ...lines] = answer.split('\n');
  if (!header.startsWith('# pxname,svname,')) throw notUnderstood(header);
  const names = header.slice(2).split(',');
  return lines.filter((line) => line !== '').map((line) => parseRow(names, line));
}

function parseRow(names: string[], line: string): ServerStat {
  const values = line.split(',');
  const row = rowSchema.safeParse(Object.fromEntries(names.map((name, i) => [name, values[i]])));
  if (!row.success) throw notUnderstood(line);
  const [, address, port] = /^\[?(.+?)\]?:(\d+)$/.exec(row.data.addr) ?? [];
  if (address === undefined) throw notUnderstood(line);
  return {
    backend: row.data.pxname,
    name: row.data.svname,
    address,
    port: Number(port),
    state: stateOf(row.data.status),
    weight: row.data.uweight,
    sessions: row.data.scur,
    counters: countersOf(row.data),
  };
}

function stateOf(status: string): ObservedServer['state'] {
  if (status.startsWith('MAINT')) return 'maintenance';
  return status.startsWith('DRAIN') ? 'drain' : 'ready';
}

/**
 * Each try at a server counts once, whatever HAProxy did next. Measured on 2.6: a try given up counts in econ or eresp; one
 * given to another server counts in wredis *only*, so a replica that refuses every connection would otherwise show no request at
 * all; repeats on the same server (wretr) are part of the same try. An answer cut in its middle counts twice, as
 * its status and as eresp: errors never exceed requests.
 */
function countersOf(row: Row): ServerCounters {
  const failed = row.econ + row.eresp + row.wredis;
  const answered = row.hrsp_1xx + row.hrsp_2xx + row.hrsp_3xx + row.hrsp_4xx + row.hrsp_5xx + row.hrsp_other;
  return { requests: answered + failed, errors: row.hrsp_5xx + failed };
}

const notUnderstood = (line: string): SiskinError =>
  new SiskinError('ROUTER_UNAVAILABLE', `The router's statistics are not understood: ${line.slice(0, 80)}`);
