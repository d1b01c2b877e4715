-- Reads servers as they stand, in one call instead of two commands for each.
--
-- ARGV  names
-- Returns {facts of each (JSON, or nil), then for each server 2:
--       its small fields in the order below, a line feed between them, '' for one that is not set; nil: no such server
--       problem key and id of each of its open alerts in turn; nil: none is open}
local facts_of, answers = {}, { false }
for index, name in ipairs(ARGV) do
  facts_of[index] = key('facts:' .. name)
  local small = redis.call('HMGET', key('server:' .. name), 'revision', 'generation', 'firstAt', 'receivedAt', 'dueAt',
    'due', 'grace', 'silent', 'status', 'byeUntil', 'byeBy', 'byeAt', 'expectedAt', 'expectedWithin', 'alternatedAt',
    'history')
  local open = small[1] and redis.call('HGETALL', key('open:' .. name)) or {}
  for field = 1, #small do small[field] = small[field] or '' end
  answers[2 * index] = small[1] ~= '' and table.concat(small, '\n')
  answers[2 * index + 1] = #open > 0 and open
end
answers[1] = redis.call('MGET', unpack(facts_of))
return answers
