-- Writes a rule that an operator made or changed.
--
-- ARGV  id, rule (JSON), how many there may be when it is new ('' when it must be there)
-- Returns 1, 0 when it is not there, or 2 when there are too many.
--
-- Race: of a rule that somebody changes while somebody else removes it, nothing comes back.
local rules, id = key('rules'), ARGV[1]
if ARGV[3] == '' then
  if redis.call('HEXISTS', rules, id) == 0 then return 0 end
elseif redis.call('HLEN', rules) >= tonumber(ARGV[3]) then
  return 2
end
redis.call('HSET', rules, id, ARGV[2])
return 1
