/**
 * Puts a shorter journal into the place of one, unless that has grown or shrunk meanwhile. Entries keep their ids, which
 * are the cursors of those who follow it.
 *
 * ARGV: prefix, deployment id, its journal's length as it was read, id of its last entry, then id and entry of each that
 *   stays. Returns 1 when it was replaced, else 0.
 */
export const thinJournal = `
local key = ARGV[1] .. 'deployment:' .. ARGV[2] .. ':journal'
local last = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
if not last or last[1] ~= ARGV[4] or redis.call('XLEN', key) ~= tonumber(ARGV[3]) then return 0 end
redis.call('UNLINK', key)
for i = 5, #ARGV, 2 do redis.call('XADD', key, ARGV[i], 'entry', ARGV[i + 1]) end
return 1
`;
