/**
 * Counts an end, once, in the call that writes it: part of a script that has `prefix`, `environmentId` and `figures`, a
 * JSON text of {outcome, stages: [[stage, bucket, ms], …], change: null | {score, member, forgetBelow, keep}}.
 * Of a stage, `stage:bucket` is counted up and `stage:sum` grows by its milliseconds.
 */
export const countEnd = `
  local told = cjson.decode(figures)
  redis.call('HINCRBY', prefix .. 'figures:deployments', environmentId .. '/' .. told.outcome, 1)
  for _, stage in ipairs(told.stages) do
    redis.call('HINCRBY', prefix .. 'figures:stages', stage[1] .. ':' .. stage[2], 1)
    redis.call('HINCRBY', prefix .. 'figures:stages', stage[1] .. ':sum', stage[3])
  end
  if told.change ~= cjson.null then
    local changes = prefix .. 'changes:' .. environmentId
    redis.call('ZADD', changes, told.change.score, told.change.member)
    redis.call('ZREMRANGEBYSCORE', changes, '-inf', '(' .. told.change.forgetBelow)
    redis.call('ZREMRANGEBYRANK', changes, 0, -told.change.keep - 1)
  end
`;
