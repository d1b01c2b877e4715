-- Adds a user.
--
-- ARGV  name, role, password's hash, stamp (random: sessions hold only under the stamp they were made under),
--       1 when only if there is no operator yet
-- Returns 1, or 0 when there is such a user or, if asked so, an operator.
--
-- Race: several instances that start at once make one first operator.
local name, role, password, stamp, only_first = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5] == '1'
local user = key('user:' .. name)
if redis.call('EXISTS', user) == 1 then return 0 end
if only_first then
  for _, other in ipairs(redis.call('ZRANGE', key('users'), 0, -1)) do
    if redis.call('HGET', key('user:' .. other), 'role') == 'operator' then return 0 end
  end
end
local now = wall_clock()
redis.call('ZADD', key('users'), 0, name)
redis.call('HSET', user, 'role', role, 'password', password, 'stamp', stamp, 'createdAt', now, 'changedAt', now)
return 1
