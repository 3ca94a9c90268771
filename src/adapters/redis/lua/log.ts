/**
 * Adds lines to a deployment's log. ARGV: prefix, deployment id, lines kept, line, …. Those of a deployment that is not
 * on record would stay for ever: they are dropped.
 */
export const addLog = `
local key = ARGV[1] .. 'deployment:' .. ARGV[2]
if redis.call('EXISTS', key) == 0 then return 0 end
for i = 4, #ARGV do redis.call('XADD', key .. ':log', 'MAXLEN', '~', ARGV[3], '*', 'line', ARGV[i]) end
return #ARGV - 3
`;
