/**
 * Takes in an entry that was noted outside, once however often it is tried: a crash after it leaves it where it waits.
 * ARGV: prefix, its id, seconds to remember the id, audit entry (JSON). Returns 1, or 0 when it is there already.
 */
export const takeInAudit = `
if not redis.call('SET', ARGV[1] .. 'audit-taken:' .. ARGV[2], '1', 'NX', 'EX', ARGV[3]) then return 0 end
redis.call('XADD', ARGV[1] .. 'audit', 'MAXLEN', '~', 50000, '*', 'entry', ARGV[4], 'results', '[]')
return 1
`;
